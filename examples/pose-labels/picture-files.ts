/** Pictures from a folder, or from a video through ffmpeg. */
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { FileError, fileError } from '@onebit/core'
import { decodeImage } from '@onebit/data'
import { type Picture, toChannels } from '@onebit/image'
import sharp from 'sharp'

export interface PictureFiles {
  /** In the order of their names, which is that of time in a video. */
  readonly paths: readonly string[]
  /** Removes the frames of a video. */
  dispose(): Promise<void>
}

const PICTURE = /^\.(jpe?g|png|webp|tiff?|avif)$/i

async function picturesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => PICTURE.test(extname(name))).sort()
  return names.map((name) => join(folder, name))
}

/** @throws FileError if ffmpeg is missing, or cannot read the video. */
async function ffmpeg(args: readonly string[], video: string): Promise<void> {
  const child = spawn('ffmpeg', ['-loglevel', 'error', '-nostdin', ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let messages = ''
  child.stderr.on('data', (bytes) => {
    messages += bytes
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) => {
      const what = `The frames of '${video}' need the command ffmpeg, which does not start.`
      reject(new FileError({ what, received: cause.message, fix: 'Install ffmpeg, or give a folder of pictures.' }, { cause }))
    })
    child.once('close', resolve)
  })
  if (code === 0) return
  throw new FileError({
    what: `ffmpeg cannot read the video '${video}'.`,
    received: messages.trim() || `its exit code ${code}`,
    fix: 'Give a video that it can read, or a folder of pictures.',
  })
}

/**
 * The pictures of a folder, or every `every`th frame of a video.
 * @throws FileError if there is no picture.
 */
export async function pictureFiles(source: string, every: number): Promise<PictureFiles> {
  const found = await stat(source).catch((error: unknown) => {
    throw fileError(`There is no folder and no video at '${source}'.`, error)
  })
  const isFolder = found.isDirectory()
  const folder = isFolder ? source : await mkdtemp(join(tmpdir(), 'onebit-frames-'))
  const dispose = async (): Promise<void> => {
    if (!isFolder) await rm(folder, { recursive: true, force: true })
  }
  try {
    if (!isFolder) await ffmpeg(['-i', source, '-vf', `framestep=${every}`, '-q:v', '2', join(folder, '%06d.jpg')], source)
    const all = await picturesIn(folder)
    const paths = isFolder ? all.filter((_, index) => index % every === 0) : all
    if (paths.length > 0) return { paths, dispose }
    throw new FileError({
      what: `There are no pictures in '${source}'.`,
      expected: 'JPEG, PNG, WebP, TIFF or AVIF files, or a video',
      fix: 'Give a folder with pictures directly inside it, or a video.',
    })
  } catch (error) {
    await dispose()
    throw error
  }
}

/** The RGB pixels of a file. @throws DataError if it cannot be decoded; FileError if it cannot be read. */
export async function readRgb(path: string): Promise<Picture> {
  return toChannels(await decodeImage(sharp, { name: path, bytes: await readFile(path) }), 3)
}

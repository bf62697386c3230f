import { DataError } from './data-error.ts'
import { downloadFile, sha256Of } from './download-file.ts'
import {
  eachFile,
  type FashionMnistContent,
  type FashionMnistFile,
  fashionMnistFiles,
  LARGEST_FILE,
} from './fashion-mnist-files.ts'
import { gunzip, isGzip } from './gunzip.ts'
import type { OnProgress } from './load-progress.ts'
import { builtin } from './node-builtins.ts'
import { absent, onDisk } from './on-disk.ts'

/** Possible locations of the full set. */
export interface FullPlaces {
  /** The user's data folder. The files are directly in it or in its folder `fashion-mnist`. */
  directory?: string
  /** The folder of Debian's package `dataset-fashion-mnist`. */
  debian: string
  /** The folder for downloads. */
  cache: string
}

export interface FoundFiles {
  source: 'directory' | 'debian' | 'download'
  folder: string
}

/** The first location that has all four files, or undefined. */
export async function findFull(places: FullPlaces): Promise<FoundFiles | undefined> {
  const { join } = builtin('node:path')!
  const candidates: FoundFiles[] = [
    { source: 'debian', folder: places.debian },
    { source: 'download', folder: places.cache },
  ]
  if (places.directory) {
    candidates.unshift(
      { source: 'directory', folder: join(places.directory, 'fashion-mnist') },
      { source: 'directory', folder: places.directory },
    )
  }
  for (const candidate of candidates) {
    const paths = await Promise.all(Object.values(fashionMnistFiles).map((file) => findFile(candidate.folder, file)))
    if (!paths.includes(undefined)) return candidate
  }
}

/** The path of the file in the folder, gzipped or not. Undefined if it is missing. */
async function findFile(folder: string, { name }: FashionMnistFile): Promise<string | undefined> {
  for (const path of [`${name}.gz`, name].map((file) => builtin('node:path')!.join(folder, file))) {
    if (await onDisk(path, 'read', () => builtin('node:fs/promises')!.stat(path).catch(absent))) return path
  }
}

/** The four files of a folder, inflated and verified. Throws `FileError`, or the `DataError`s of `readVerified`. */
export function loadFolder(folder: string, onProgress?: OnProgress): Promise<FashionMnistContent> {
  return eachFile(async (file) => (await readVerified(folder, file, onProgress))!)
}

/** Downloads the files that the folder lacks, and returns all four. Throws `DownloadError`, `DataError` or `FileError`. */
export function downloadFull(
  folder: string,
  address: string,
  options: { onProgress?: OnProgress; signal?: AbortSignal },
): Promise<FashionMnistContent> {
  const fix =
    'Check the network, or set ONEBIT_DATA_DIR to a folder with the four files of Fashion-MNIST, ' +
    "or install Debian's package dataset-fashion-mnist, or use split 'embedded'."
  return eachFile(async (file) => {
    const here = await readVerified(folder, file, options.onProgress)
    if (here) return here
    const name = `${file.name}.gz`
    return downloadFile({
      url: `${address.replace(/\/*$/, '/')}${name}`,
      target: builtin('node:path')!.join(folder, name),
      sha256: file.sha256,
      largest: LARGEST_FILE,
      fix,
      onBytes: (received, total) => options.onProgress?.({ file: name, action: 'download', received, total }),
      signal: options.signal,
    })
  })
}

/** The file's inflated content, or undefined if the folder lacks it. Throws `DataError` if it is not the expected file. */
async function readVerified(folder: string, file: FashionMnistFile, onProgress?: OnProgress) {
  const path = await findFile(folder, file)
  if (!path) return undefined
  const bytes = await onDisk(path, 'read', () => builtin('node:fs/promises')!.readFile(path))
  onProgress?.({ file: builtin('node:path')!.basename(path), action: 'read', received: bytes.length, total: bytes.length })
  const content = isGzip(bytes) ? await gunzip(bytes, path, LARGEST_FILE) : bytes
  const sha256 = sha256Of(content)
  if (sha256 === file.sha256) return content
  throw new DataError({
    reason: 'checksum',
    file: path,
    what: `'${path}' is not the file of that name in Fashion-MNIST.`,
    expected: `SHA-256 ${file.sha256} of the inflated content`,
    received: `${sha256}, of ${content.length} bytes`,
    fix: 'Replace the file, or remove it so that it is not used.',
  })
}

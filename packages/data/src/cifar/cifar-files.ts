import { DataError } from '../data-error.ts'
import { downloadFile, sha256Of } from '../download-file.ts'
import { gunzip, isGzip } from '../gunzip.ts'
import type { NamedBytes } from '../image-set.ts'
import type { OnProgress } from '../load-progress.ts'
import { builtin } from '../node-builtins.ts'
import { absent, onDisk } from '../on-disk.ts'
import type { CifarEdition, CifarForm } from './cifar-editions.ts'
import { readTar } from './read-tar.ts'

/** Maximum size of an inflated archive. The largest, CIFAR-100 as pickles, has 186,388,480 bytes. */
const LARGEST_ARCHIVE = 2 ** 28

/** The files of a CIFAR data set, from an archive or a folder. */
export interface CifarFiles {
  source: 'directory' | 'download'
  form: CifarForm
  /** Throws `FileError` or `DataError` with reason `not-found`. */
  read(file: string): Promise<NamedBytes>
}

/** The first location that has the data set, or undefined. Throws `FileError`, or `DataError` for a damaged archive. */
export async function findCifar(
  edition: CifarEdition,
  directory: string | undefined,
  onProgress?: OnProgress,
): Promise<CifarFiles | undefined> {
  const { join, basename } = builtin('node:path')!
  const given = directory || process.env.ONEBIT_DATA_DIR || undefined
  const cache = cacheFolder(edition, directory)
  for (const form of edition.forms) {
    if (given && basename(given) === form.archive && (await exists(given)))
      return openArchive('directory', form, given, onProgress)
    for (const place of given ? [given, cache] : [cache]) {
      const source = place === cache ? 'download' : 'directory'
      for (const folder of [join(place, form.folder), place]) {
        if (await exists(join(folder, form.train[0]))) return openFolder(source, form, folder, onProgress)
      }
      const archive = join(place, form.archive)
      if (await exists(archive)) return openArchive(source, form, archive, onProgress)
    }
  }
}

/** Downloads the archive of the edition's first form. Throws `DownloadError`, `DataError` or `FileError`. */
export async function downloadCifar(
  edition: CifarEdition,
  directory: string | undefined,
  address: string,
  options: { onProgress?: OnProgress; signal?: AbortSignal },
): Promise<CifarFiles> {
  const [form] = edition.forms
  const { archive, sha256 } = form
  const target = builtin('node:path')!.join(cacheFolder(edition, directory), archive)
  const content = await downloadFile({
    url: `${address.replace(/\/*$/, '/')}${archive}`,
    target,
    sha256,
    sha256Of: 'file',
    largest: LARGEST_ARCHIVE,
    fix: `Check the network, or set ONEBIT_DATA_DIR to a folder with ${archive} or ${edition.forms[1].archive}.`,
    onBytes: (received, total) => options.onProgress?.({ file: archive, action: 'download', received, total }),
    signal: options.signal,
  })
  return archiveFiles('download', form, target, content)
}

function cacheFolder(edition: CifarEdition, directory: string | undefined): string {
  const { join } = builtin('node:path')!
  const given = directory || process.env.ONEBIT_DATA_DIR || undefined
  return join(given ?? join(builtin('node:os')!.homedir(), '.cache', 'onebit'), edition.cache)
}

async function exists(path: string): Promise<boolean> {
  return (await onDisk(path, 'read', () => builtin('node:fs/promises')!.stat(path).catch(absent))) !== undefined
}

async function readWhole(path: string, onProgress?: OnProgress): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await onDisk(path, 'read', () => builtin('node:fs/promises')!.readFile(path))
  onProgress?.({ file: builtin('node:path')!.basename(path), action: 'read', received: bytes.length, total: bytes.length })
  return bytes
}

function openFolder(source: CifarFiles['source'], form: CifarForm, folder: string, onProgress?: OnProgress): CifarFiles {
  return {
    source,
    form,
    async read(file) {
      const name = builtin('node:path')!.join(folder, file)
      return { name, bytes: await readWhole(name, onProgress) }
    },
  }
}

async function openArchive(
  source: CifarFiles['source'],
  form: CifarForm,
  path: string,
  onProgress?: OnProgress,
): Promise<CifarFiles> {
  const bytes = await readWhole(path, onProgress)
  // Check this first, because an untrusted archive of a few megabytes may inflate to many gigabytes.
  const sha256 = sha256Of(bytes)
  if (sha256 === form.sha256) {
    const content = isGzip(bytes) ? await gunzip(bytes, path, LARGEST_ARCHIVE) : bytes
    return archiveFiles(source, form, path, content)
  }
  throw new DataError({
    reason: 'checksum',
    file: path,
    what: `'${path}' is not the archive of that name.`,
    expected: `SHA-256 ${form.sha256}`,
    received: `${sha256}, of ${bytes.length} bytes`,
    fix: 'The file is another one, damaged or incomplete. Replace it, or remove it so that it is not used.',
  })
}

function archiveFiles(source: CifarFiles['source'], form: CifarForm, path: string, content: Uint8Array<ArrayBuffer>): CifarFiles {
  const files = readTar(content, path)
  return {
    source,
    form,
    async read(file) {
      const name = `${form.folder}/${file}`
      const bytes = files.get(name)
      if (bytes) return { name: `${path}:${name}`, bytes }
      throw new DataError({
        reason: 'not-found',
        file: path,
        what: `The archive '${path}' lacks '${name}'.`,
        received: `${files.size} files`,
        fix: 'Get the archive again.',
      })
    },
  }
}

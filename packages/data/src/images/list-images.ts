/** Lists the content of a folder. Links are followed, and no folder is read within itself. */
import { builtin } from '../node-builtins.ts'
import { onDisk } from '../on-disk.ts'
import { isImage, whyNoImage } from './image-endings.ts'
import { ignoredFile, type SkippedFile } from './skipped-file.ts'

export interface Entry {
  readonly name: string
  readonly kind: 'folder' | 'file' | 'other'
}

async function kindOf(path: string, entry: import('node:fs').Dirent): Promise<Entry['kind']> {
  if (entry.isDirectory()) return 'folder'
  if (entry.isFile()) return 'file'
  if (!entry.isSymbolicLink()) return 'other'
  const found = await builtin('node:fs/promises')!
    .stat(path)
    .catch(() => undefined)
  if (found?.isDirectory()) return 'folder'
  return found?.isFile() ? 'file' : 'other'
}

/**
 * The entries of a folder by name, in the order of their UTF-16 units, which is the same on every machine. Hidden entries
 * (`.name`) are skipped, and so is `__MACOSX`, where macOS packs its own notes. Throws `FileError`.
 */
export async function list(directory: string): Promise<Entry[]> {
  const { join } = builtin('node:path')!
  const found = await onDisk(directory, 'read', () => builtin('node:fs/promises')!.readdir(directory, { withFileTypes: true }))
  const shown = found
    .filter(({ name }) => !name.startsWith('.') && name !== '__MACOSX')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const entries: Entry[] = []
  for (const entry of shown) entries.push({ name: entry.name, kind: await kindOf(join(directory, entry.name), entry) })
  return entries
}

export interface Listing {
  /** Paths of images. */
  readonly images: string[]
  /** Other files. */
  readonly ignored: SkippedFile[]
}

/** All images below a folder, including its subfolders, in the order of their names. Throws `FileError`. */
export async function imagesBelow(directory: string): Promise<Listing> {
  const { join } = builtin('node:path')!
  const { realpath } = builtin('node:fs/promises')!
  const listing: Listing = { images: [], ignored: [] }

  async function visit(folder: string, above: ReadonlySet<string>): Promise<void> {
    const real = await onDisk(folder, 'read', () => realpath(folder))
    if (above.has(real)) {
      listing.ignored.push(ignoredFile(folder, 'The link leads to a folder that contains it.'))
      return
    }
    const within = new Set([...above, real])
    for (const { name, kind } of await list(folder)) {
      const path = join(folder, name)
      if (kind === 'folder') await visit(path, within)
      else if (kind === 'other') listing.ignored.push(ignoredFile(path, 'It is not a file, or a broken link.'))
      else if (isImage(name)) listing.images.push(path)
      else listing.ignored.push(ignoredFile(path, whyNoImage(name)))
    }
  }

  await visit(directory, new Set())
  return listing
}

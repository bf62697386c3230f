/** Files in the folder `embedded` of this package. */
import { FileError } from '@onebit/core'
import { builtin } from './node-builtins.ts'
import { onDisk } from './on-disk.ts'

/**
 * Reads an embedded file: from the disk in Node, by fetch in browsers.
 * @param address Written as `() => new URL('../embedded/NAME', import.meta.url)`, because bundlers find and copy exactly this
 * form.
 * @throws FileError
 */
export async function loadEmbedded(address: () => URL): Promise<Uint8Array<ArrayBuffer>> {
  return load(addressIn(address))
}

/** Throws `FileError` in a bundle that does not know its own URL. */
function addressIn(address: () => URL): URL {
  try {
    return address()
  } catch (cause) {
    throw new FileError(
      {
        what: 'This bundle of @onebit/data does not know its own URL, so its embedded files are not found.',
        fix: `Bundle it as an ES module, or leave the package out of the bundle (external).`,
      },
      { cause },
    )
  }
}

async function load(address: URL): Promise<Uint8Array<ArrayBuffer>> {
  const fs = builtin('node:fs/promises')
  if (fs && address.protocol === 'file:') return onDisk(address.href, 'read', () => fs.readFile(address))
  let response: Response
  try {
    response = await fetch(address)
    if (response.ok) return new Uint8Array(await response.arrayBuffer())
  } catch (cause) {
    throw unservable(address, (cause as Error).message, cause)
  }
  throw unservable(address, `HTTP status ${response.status}`)
}

function unservable(address: URL, received: string, cause?: unknown): FileError {
  return new FileError(
    {
      what: `The embedded file '${address}' cannot be loaded.`,
      received,
      fix: `Serve the folder 'embedded' of @onebit/data beside its 'dist', or use a bundler that copies files named by new URL.`,
    },
    { cause },
  )
}

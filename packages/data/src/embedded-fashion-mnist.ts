import { FileError } from '@onebit/core'
import { eachFile, type FashionMnistContent } from './fashion-mnist-files.ts'
import type { OnProgress } from './load-progress.ts'
import { builtin } from './node-builtins.ts'
import { onDisk } from './on-disk.ts'

/**
 * Each URL is written out, because bundlers find and copy exactly this form. `src` and `dist` have the same distance to the
 * files. The functions run only when needed, because a CommonJS bundle does not know its own URL and must still start.
 */
const addressOf: Readonly<Record<keyof FashionMnistContent, () => URL>> = {
  trainImages: () => new URL('../embedded/train-images-idx3-ubyte.gz', import.meta.url),
  trainLabels: () => new URL('../embedded/train-labels-idx1-ubyte.gz', import.meta.url),
  testImages: () => new URL('../embedded/t10k-images-idx3-ubyte.gz', import.meta.url),
  testLabels: () => new URL('../embedded/t10k-labels-idx1-ubyte.gz', import.meta.url),
}

/** The four embedded files, read from disk in Node and fetched in browsers. Throws `FileError`. */
export function loadEmbedded(onProgress?: OnProgress): Promise<FashionMnistContent> {
  return eachFile(async ({ name }, role) => {
    const bytes = await load(addressIn(addressOf[role]))
    onProgress?.({ file: `${name}.gz`, action: 'read', received: bytes.length, total: bytes.length })
    return bytes
  })
}

/** Throws `FileError` in a bundle that does not know its own URL. */
function addressIn(address: () => URL): URL {
  try {
    return address()
  } catch (cause) {
    throw new FileError(
      {
        what: 'This bundle of @onebit/data does not know its own URL, so it cannot find its embedded images.',
        fix: `Bundle it as an ES module, leave the package out of the bundle (external), or load the full set: { split: 'full' }.`,
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
      fix: `Serve the folder 'embedded' of @onebit/data beside its 'dist', or use a bundler that copies files from new URL(...).`,
    },
    { cause },
  )
}

import { eachFile, type FashionMnistContent } from './fashion-mnist-files.ts'
import { loadEmbedded } from './load-embedded.ts'
import type { OnProgress } from './load-progress.ts'

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

/** The four embedded files; in Node from the disk, in browsers by fetch. Throws `FileError`. */
export function embeddedFashionMnist(onProgress?: OnProgress): Promise<FashionMnistContent> {
  return eachFile(async ({ name }, role) => {
    const bytes = await loadEmbedded(addressOf[role])
    onProgress?.({ file: `${name}.gz`, action: 'read', received: bytes.length, total: bytes.length })
    return bytes
  })
}

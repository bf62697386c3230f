import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'vitest'

/** The value before a test changes it. */
const data = process.env.ONEBIT_DATA_DIR

/** A folder with the four .gz files of the full set. Without it, the test is skipped, or fails if skips are not allowed. */
export function requireFullSet(context: TestContext): string {
  const folders = ['/usr/share/datasets/fashion-mnist', ...(data ? [join(data, 'fashion-mnist'), data] : [])]
  const folder = folders.find((candidate) => existsSync(join(candidate, 'train-images-idx3-ubyte.gz')))
  if (folder) return folder
  const reason =
    'needs the full Fashion-MNIST: install the Debian package dataset-fashion-mnist, or set ONEBIT_DATA_DIR to a folder with its four .gz files'
  if (process.env.ONEBIT_REQUIRE_OPTIONAL === '1') throw new Error(`This test ${reason}.`)
  return context.skip(reason)
}

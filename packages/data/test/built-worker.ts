import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** Builds the worker of the sources as a file that Node can run, in a folder of the test. */
export async function buildWorker(folder: string): Promise<URL> {
  const outfile = join(folder, 'decode-worker.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('../src/images/decode-worker.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@onebit/source'],
    outfile,
  })
  return pathToFileURL(outfile)
}

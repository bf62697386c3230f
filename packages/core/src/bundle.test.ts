import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

test('core bundles for the browser and imports nothing', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('./index.ts', import.meta.url))],
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    metafile: true,
  })
  const [output] = Object.values(metafile.outputs)
  expect(output.imports).toEqual([])
  expect(Object.keys(metafile.inputs).filter((input) => input.includes('node_modules'))).toEqual([])
  const size = gzipSync(outputFiles[0].contents).length
  console.info(`core, minified: ${outputFiles[0].contents.length} bytes, ${size} gzipped`)
  expect(size).toBeLessThan(32 * 1024)
})

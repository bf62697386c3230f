/** The download of a page for this backend, shaders included. */
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bundlePage } from '../../../test/page.ts'

const BUDGET = 40_000

const sizeOf = async (code: string): Promise<number> => gzipSync((await bundlePage(code)).script, { level: 9 }).length

test('at most 40 KB, gzipped, beside the code of any page that loads a model', async () => {
  const load = `import { load } from '@onebit/core'; window.load = load;`
  const webgpu = `import { webgpu } from '@onebit/kernels-webgpu'; window.webgpu = webgpu;`
  const [beside, both] = await Promise.all([sizeOf(load), sizeOf(load + webgpu)])
  console.info(`gzip: ${both - beside} bytes beside load(), ${both} with load()`)
  expect(both - beside).toBeLessThanOrEqual(BUDGET)
})

test('nothing of Node, of TensorFlow.js or of other packages', async () => {
  const { metafile } = await bundlePage(`import { webgpu } from '@onebit/kernels-webgpu'; window.webgpu = webgpu;`)
  const modules = Object.keys(metafile.inputs)
  expect(modules.filter((path) => /node_modules|kernels-webgpu\/src\/node\.ts/.test(path))).toEqual([])
  expect(modules.filter((path) => path.startsWith('packages/') && !/^packages\/(core|kernels-webgpu)\//.test(path))).toEqual([])
})

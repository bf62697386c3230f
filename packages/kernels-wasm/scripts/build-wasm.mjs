/**
 * Compiles assembly/ to WebAssembly: kernels.wasm with the baseline SIMD instructions and kernels-relaxed.wasm with relaxed SIMD. The
 * kernels-*shared.wasm hold the same code for a memory that threads share. It also bundles the worker's script.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { build as bundle } from 'esbuild'
import { generateTiles } from './generate-tiles.mjs'

const folder = fileURLToPath(new URL('..', import.meta.url))

/** No runtime, no allocator, no checks: the kernels own no memory and work on the caller's. */
const flags = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--uncheckedBehavior', 'always']
const memory = ['--importMemory', '--noExportMemory']

async function build(entry, file, features, more = []) {
  const { error, stderr } = await asc.main([
    `assembly/${entry}.ts`,
    ...['--baseDir', folder, '--outFile', `wasm/${file}`],
    ...flags,
    ...memory,
    ...more,
    ...features.flatMap((feature) => ['--enable', feature]),
  ])
  if (error) {
    console.error(stderr.toString())
    throw error
  }
}

await mkdir(new URL('../assembly/generated/', import.meta.url), { recursive: true })
await writeFile(new URL('../assembly/generated/table-tiles.ts', import.meta.url), generateTiles())
await mkdir(new URL('../wasm/', import.meta.url), { recursive: true })
const shared = ['--sharedMemory', '--maximumMemory', '65536']
for (const [entry, name, features] of [
  ['index', 'kernels', ['simd', 'bulk-memory']],
  ['relaxed', 'kernels-relaxed', ['simd', 'bulk-memory', 'relaxed-simd']],
]) {
  await build(entry, `${name}.wasm`, features)
  await build(entry, `${name}-shared.wasm`, [...features, 'threads'], shared)
}
await bundle({
  entryPoints: [`${folder}src/threads/kernel-worker.ts`],
  outfile: `${folder}wasm/kernel-worker.mjs`,
  bundle: true,
  format: 'esm',
  target: 'es2022',
})

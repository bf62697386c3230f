/** Bundles one benchmark and runs it on this engine: `node packages/kernels-wasm/bench/run.mjs layers [--strict]`. */
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const name = process.argv[2] ?? 'layers'
const folder = fileURLToPath(new URL('./', import.meta.url))
const outfile = `${folder}build/${name}.mjs`
await mkdir(`${folder}build`, { recursive: true })
await build({
  entryPoints: [`${folder}${name}.ts`],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'es2022',
  conditions: ['@onebit/source'],
  packages: 'bundle',
  external: ['@tensorflow/*'],
  logLevel: 'error',
})
await import(outfile)

/**
 * Bundles one benchmark and runs it on this engine: `node packages/kernels-wasm/bench/run.mjs layers [--strict]`. Without a name
 * it runs `quick`, every case in under 50 seconds: `node packages/kernels-wasm/bench/run.mjs --quick --json`.
 */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const [argument] = process.argv.slice(2)
const name = argument === undefined || argument.startsWith('-') ? 'quick' : argument
const folder = fileURLToPath(new URL('./', import.meta.url))
// The bundle is as deep as dist, so the URLs of the worker and the kernels are right.
const outfile = `${folder}${name}.bundled_.mjs`
await build({
  entryPoints: [`${folder}${name}.ts`],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'es2022',
  conditions: ['@onebit/source'],
  packages: 'bundle',
  // Pictures lie beside the built package.
  external: ['@onebit/data', '@tensorflow/*', 'onnxruntime-*', 'echarts'],
  logLevel: 'error',
})
await import(outfile)

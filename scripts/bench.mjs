/** `npm run bench -- <what> [options]`: runs one benchmark on the built packages. Installs and builds first if necessary. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, setUp } from './setup.mjs'

const benchmarks = {
  kernels: 'packages/kernels-wasm/bench/run.mjs',
  webgpu: 'packages/kernels-webgpu/bench/run.mjs',
  training: 'bench/training.mjs',
  quantizers: 'bench/quantizers.mjs',
  recipes: 'bench/recipes.mjs',
  ladder: 'bench/ladder.mjs',
}

const [what, ...options] = process.argv.slice(2)
const script = benchmarks[what]
if (!script) {
  console.error(`Which benchmark? Expected one of: ${Object.keys(benchmarks).join(', ')}. Example: npm run bench -- kernels`)
  process.exit(2)
}
const built = ['packages/kernels-wasm/dist', 'packages/tfjs-wasm-training/dist', 'packages/cli/dist'].every((folder) =>
  existsSync(join(root, folder)),
)
if (!built) setUp()
process.exitCode = run(process.execPath, [script, ...options])

/**
 * Plots every quantizer, forward and pseudo-gradient, to `docs/quantizers/NAME.svg`, and writes the page that shows them.
 *
 *   node packages/quantizers/scripts/plots.mjs
 *
 * The curves come from the quantizers themselves, on the cpu backend of TensorFlow.js. `test/plots.test.ts` draws them again and
 * compares, so that a plot cannot drift from its quantizer, nor a figure from the benchmark's results.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

// Node 20 runs no TypeScript. The bundle is written beside its source, so that relative paths in it stay valid.
const bundle = here(`../test/.plots.${process.pid}.mjs`)
await build({
  entryPoints: [here('../test/plots.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['@onebit/source'],
  external: ['@tensorflow/*'],
})
try {
  const { plots, gallery } = await import(bundle)
  const folder = here('../../../docs/quantizers/')
  mkdirSync(folder, { recursive: true })
  for (const [name, svg] of await plots()) writeFileSync(`${folder}${name}.svg`, svg)
  writeFileSync(`${folder}README.md`, gallery())
} finally {
  rmSync(bundle)
}

/** Bundles a TypeScript program with the sources of the packages, and runs it on this engine. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * The bundle lies beside the program, so that URLs relative to the program are right.
 * @param {URL} folder Folder of the program, with a slash at its end.
 * @param {string} name File name of the program without `.ts`.
 */
export async function runBundled(folder, name) {
  const outfile = fileURLToPath(new URL(`${name}.bundled_.mjs`, folder))
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, folder))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    conditions: ['@onebit/source'],
    packages: 'bundle',
    // Pictures lie beside the built package of data. The others are CommonJS, or bring binaries.
    external: ['@onebit/data', '@tensorflow/*', 'onnxruntime-*', 'echarts', 'webgpu', 'playwright-core', 'esbuild'],
    logLevel: 'error',
  })
  await import(outfile)
}

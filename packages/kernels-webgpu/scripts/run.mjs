/** Bundles a program of this folder and runs it: `node packages/kernels-webgpu/scripts/run.mjs random-graphs 1600`. */
import { runBundled } from '../../../scripts/run-bundled.mjs'

await runBundled(new URL('./', import.meta.url), process.argv[2])

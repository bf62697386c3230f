/**
 * Bundles one benchmark and runs it on this engine: `node packages/kernels-wasm/bench/run.mjs layers [--strict]`. Without a name
 * it runs `quick`, every case in under 50 seconds: `node packages/kernels-wasm/bench/run.mjs --quick --json`.
 */
import { runBundled } from '../../../scripts/run-bundled.mjs'

const [argument] = process.argv.slice(2)
const name = argument === undefined || argument.startsWith('-') ? 'quick' : argument
// The bundle is as deep as dist, so the URLs of the worker and the kernels are right.
await runBundled(new URL('./', import.meta.url), name)

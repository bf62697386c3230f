/**
 * Bundles the benchmark and runs it: `npm run bench -- webgpu [--rounds 7] [--networks quicknet-0.1,mini/bi-real]`. It needs
 * Chromium. Without a GPU, its software adapter runs everything.
 */
import { runBundled } from '../../../scripts/run-bundled.mjs'

await runBundled(new URL('./', import.meta.url), 'compare')

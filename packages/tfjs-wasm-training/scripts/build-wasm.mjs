// Compiles assembly/ to wasm/. Twice, because a module that imports a memory must say whether that memory is shared:
// the threaded build of the TensorFlow.js WebAssembly backend has a shared one, the other builds do not.
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

// The module lives inside a memory it does not own, so it must have no heap, no static data and no stack there:
// the stub runtime without a single allocation has none of the three.
const common = ['assembly/index.ts', '--baseDir', root, '-O3', '--converge', '--noAssert', '--runtime', 'stub']
common.push('--uncheckedBehavior', 'always', '--importMemory', '--enable', 'simd', '--enable', 'bulk-memory')

const builds = {
  'kernels.wasm': [],
  'kernels-shared-memory.wasm': ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'],
}

mkdirSync(join(root, 'wasm'), { recursive: true })
for (const [file, flags] of Object.entries(builds)) {
  const { error, stderr } = await asc.main([...common, ...flags, '--outFile', `wasm/${file}`])
  if (error) {
    console.error(stderr.toString())
    process.exit(1)
  }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Random, randomGraph } from '@onebit/testkit/random'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { readModel } from './read-model.ts'
import { writeModel } from './write-model.ts'

/** Overwrites a model in a process that reports an operation on the file and then stops for good amid it. */
const WRITER = `
import { writeFileAtomically } from './core.mjs'
const [, , path, stage] = process.argv
const builtin = process.getBuiltinModule
const stop = async () => {
  console.log('amid')
  await new Promise((resolve) => setTimeout(resolve, 60_000))
}
process.getBuiltinModule = (name) => {
  if (name !== 'node:fs/promises') return builtin(name)
  const files = builtin(name)
  const open = async (...given) => {
    const file = await files.open(...given)
    const writeFile = async (bytes) => {
      await file.writeFile(bytes.subarray(0, stage === 'write' ? bytes.length / 2 : bytes.length))
      if (stage === 'write') await stop()
    }
    return { writeFile, sync: () => (stage === 'sync' ? stop() : file.sync()), close: () => file.close() }
  }
  return { ...files, open, rename: (...given) => (stage === 'rename' ? stop() : files.rename(...given)) }
}
await writeFileAtomically(path, new Uint8Array(100_000))`

test.each(['write', 'sync', 'rename'])('a process killed amid its %s leaves the old model whole', async (stage) => {
  const folder = await mkdtemp(join(tmpdir(), 'onebit-interrupted-'))
  try {
    const entryPoints = [fileURLToPath(new URL('../index.ts', import.meta.url))]
    await build({
      entryPoints,
      bundle: true,
      platform: 'neutral',
      format: 'esm',
      outfile: join(folder, 'core.mjs'),
      logLevel: 'error',
    })
    await writeFile(join(folder, 'writer.mjs'), WRITER)
    const path = join(folder, 'model.safetensors')
    const bytes = writeModel(randomGraph(new Random(1)))
    await writeFile(path, bytes)
    const writer = spawn(process.execPath, [join(folder, 'writer.mjs'), path, stage], { stdio: ['ignore', 'pipe', 'inherit'] })
    const gone = once(writer, 'exit')
    // A writer that skips the operation ends by itself.
    await Promise.race([
      once(writer.stdout, 'data'),
      gone.then(() => Promise.reject(new Error(`Nothing was written with a ${stage}.`))),
    ])
    writer.kill('SIGKILL')
    await gone
    expect(new Uint8Array(await readFile(path))).toEqual(bytes)
    expect(readModel(new Uint8Array(await readFile(path))).outputs.length).toBeGreaterThan(0)
  } finally {
    await rm(folder, { recursive: true })
  }
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { readModelFile } from '../runtime/load.ts'

/** Saves models of changing size over and over, telling after the first. */
const WRITER = `
import { GraphBuilder, saveModel } from './core.mjs'
for (let round = 0; ; round++) {
  const size = 300_000 + 1000 * (round % 7)
  const builder = new GraphBuilder()
  builder.input('x', [1])
  builder.node('dense', { inputs: ['x'], tensors: { weights: { dtype: 'float32', shape: [1, size], data: new Float32Array(size).fill(round) } } })
  builder.output('y', 'dense1')
  await saveModel(builder.build(), process.argv[2])
  if (round === 0) console.log('saved')
}`

test('killing a process that saves never leaves a broken file under the name', async () => {
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
    for (const milliseconds of [0, 7, 13, 26]) {
      const writer = spawn(process.execPath, [join(folder, 'writer.mjs'), path], { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(writer.stdout, 'data')
      await new Promise((resolve) => setTimeout(resolve, milliseconds))
      const gone = once(writer, 'exit')
      writer.kill('SIGKILL')
      await gone
      expect((await readModelFile(path)).nodes, `killed after ${milliseconds} ms`).toHaveLength(1)
      expect((await readFile(path)).length).toBeGreaterThan(1_200_000)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** A record of version 1, as this package wrote it before tasks had names. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRun } from './read-run.ts'
import { renderReport } from './report/report.ts'

const first = {
  onebit: 1,
  recipe: null,
  data: 'stripes',
  classes: ['across', 'down'],
  normalization: { mean: 0.4, standardDeviation: 0.25 },
  options: { epochs: 1, batchSize: 8, learningRate: 0.002, schedule: 'linear', seed: 3 },
  engine: 'wasm: fast',
  interrupted: false,
  seconds: 2,
  epochs: [
    {
      epoch: 1,
      stage: 'training',
      loss: 0.5,
      accuracy: 0.75,
      testAccuracy: 0.7,
      learningRate: 0.001,
      seconds: 2,
      imagesPerSecond: 100,
      flipRatio: { conv: 0.1 },
    },
  ],
  losses: [{ step: 1, loss: 0.5 }],
  samples: [
    { label: 'down', predicted: 'across', score: 0.6, png: 'AAAA' },
    { label: 'down', predicted: 'down', score: 0.9, png: 'AAAA' },
  ],
}

test('is converted to this version, and reported', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onebit-record-'))
  try {
    await writeFile(join(folder, 'run.json'), JSON.stringify(first))
    const record = await readRun(folder)
    expect(record).toMatchObject({
      onebit: 2,
      task: 'classify',
      facts: { classes: ['across', 'down'] },
      evaluated: 'test',
      test: { accuracy: 0.7 },
      stages: [{ name: 'training', epochs: 1 }],
    })
    expect(record.metrics[0]).toMatchObject({ name: 'accuracy', unit: 'share', better: 'higher' })
    const { training, evaluation, layers, loss } = record.epochs[0]
    expect({ training, evaluation, layers, loss }).toEqual({
      training: { accuracy: 0.75 },
      evaluation: { accuracy: 0.7 },
      layers: {},
      loss: 0.5,
    })
    expect(record.samples.map(({ right, prediction }) => [right, prediction])).toEqual([
      [false, 'across 60 %'],
      [true, 'down 90 %'],
    ])
    const html = renderReport('An old run', record)
    expect(html).toContain('test accuracy')
    expect(html).toContain('70.00 %')
    expect(html.match(/class="wrong"/g)).toHaveLength(1)
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** The text of reports of several kinds of runs: complete, interrupted, with warnings, without binary layers. */
import { expect, test } from 'vitest'
import type { EpochRecord } from '../events.ts'
import type { RunRecord } from '../run-record.ts'
import { renderReport } from './report.ts'

const epoch = (number: number, more: Partial<EpochRecord> = {}): EpochRecord => ({
  epoch: number,
  stage: 'training',
  loss: 1 / number,
  training: { accuracy: 0.5 },
  evaluation: { accuracy: 0.6 },
  evaluationLoss: 2 / number,
  learningRate: 0.01,
  seconds: 2,
  imagesPerSecond: 100,
  flipRatio: { conv: 0.1 },
  layers: { conv: { signEntropy: 0.9, saturatedActivations: 0.2 } },
  ...more,
})

const run: RunRecord = {
  onebit: 2,
  recipe: { dataset: { name: 'pets' } },
  task: 'classify',
  data: 'Pets',
  facts: { classes: ['cat', 'dog'] },
  options: { epochs: 2, batchSize: 8, seed: 5 },
  stages: [{ name: 'training', epochs: 2 }],
  engine: 'wasm: WebAssembly SIMD, picked (node: /home/me/x does not load), on 4 threads',
  interrupted: false,
  seconds: 125,
  metrics: [{ name: 'accuracy', unit: 'share', better: 'higher', description: 'How often it is right.' }],
  evaluated: 'test',
  epochs: [epoch(1), epoch(2)],
  losses: [{ step: 1, loss: 1 }],
  test: { accuracy: 0.75 },
  samples: [
    { annotation: 'cat', prediction: 'dog', right: false, png: 'AAAA' },
    { annotation: 'cat', prediction: 'cat', right: true, png: 'AAAA' },
    { annotation: '2 cats', prediction: '3 cats', png: 'AAAA' },
  ],
}

/** Removes the tags. */
const textOf = (html: string): string =>
  html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

const text = (changes: Partial<RunRecord> = {}): string => textOf(renderReport('A run', { ...run, ...changes }))

test('metrics come with their unit, their meaning and the pictures that they were measured on', () => {
  expect(text()).toContain('test accuracy 75.00 % How often it is right. Higher is better. Measured on the test pictures')
})

test('the test loss stands beside the training loss', () => {
  expect(text()).toContain('training loss test loss training accuracy test accuracy time 1 1.0000 2.0000 50.00 % 60.00 % 2.0 s')
  expect(renderReport('A run', run)).toMatch(
    /<desc[^>]*>Line chart over epoch 1 to 2\. training: from 1 to 0\.5.* test: from 2 to 1/,
  )
})

test('the engine is named in plain words; its reasons are collapsed', () => {
  expect(text()).toContain('engine WebAssembly, on the processor, on 4 threads')
  expect(renderReport('A run', run)).toMatch(/<details><summary>Why this engine<\/summary><p>wasm: WebAssembly SIMD, picked/)
  expect(text()).toContain('training time 2 min 5 s')
})

test('the lead says one-bit only of one-bit layers', () => {
  expect(text()).toContain('A one-bit network: 1 layer with one-bit weights , 1 layer with binary activations')
  const activations = [epoch(1, { flipRatio: {} })]
  expect(text({ epochs: activations })).toContain('A network with binary activations in 1 layer; its weights are real.')
  const weights = [epoch(1, { layers: { conv: {} } })]
  expect(text({ epochs: weights })).toContain('A network with one-bit weights in 1 layer; its activations are real.')
  const real = text({ epochs: [epoch(1, { flipRatio: {}, layers: {} })] })
  expect(real).toContain('A network of real numbers. None of its layers is binary.')
  expect(real).not.toMatch(/one-bit|1-bit|latent/i)
})

test('the report of an interrupted run says how far it came and marks the incomplete epoch', () => {
  const partial = { ...epoch(2), evaluation: { accuracy: 0.4 }, steps: 3, stepsPerEpoch: 13 }
  const cut = text({ interrupted: true, epochs: [epoch(1)], partial, test: undefined })
  expect(cut).toContain('This run was interrupted: 1 of 2 planned epochs is whole. Epoch 2 was interrupted after 3 of 13 steps.')
  expect(cut).toContain('epochs 1 of 2 and 3 steps (interrupted)')
  expect(cut).toContain('test accuracy 40.00 %')
  expect(cut).toMatch(/ 2\* 0\.5000 /)
  expect(text()).not.toContain('interrupted')
  expect(text({ epochs: [epoch(1)] })).toContain('epochs 1 of 2 (stopped early)')
  expect(text({ interrupted: true, epochs: [], losses: [], test: undefined })).toContain(
    'A network that has not finished its first epoch',
  )
})

test('warnings come before all numbers', () => {
  const warned = renderReport('A run', { ...run, warnings: ['2 of the <test> files were left out'] })
  expect(warned.indexOf('2 of the &lt;test&gt; files were left out')).toBeLessThan(warned.indexOf('<main>'))
  expect(textOf(warned)).toContain('A warning of this run:')
  expect(text()).not.toContain('warning')
})

test('how to run it again: the command and the recipe', () => {
  expect(text()).toContain(
    'onebit train recipe.json --out runs/again --engine wasm { &quot;dataset&quot;: { &quot;name&quot;: &quot;pets&quot;',
  )
  expect(text({ recipe: null })).not.toContain('Run it again')
})

test('right and wrong are words, not only colors', () => {
  expect(text()).toMatch(/✗ wrong: dog, is cat .*✓ right: cat .*predicted: 3 cats true: 2 cats/)
})

test('a table of classes by classes is a heat table, with the meaning of its title beside it', () => {
  const confusion = {
    title: 'Confusion: rows are labels',
    columns: ['class', 'cat', 'dog'],
    rows: [
      ['cat', '3', '1'],
      ['dog', '0', '4'],
    ],
  }
  const html = renderReport('A run', { ...run, tables: [confusion] })
  expect(html).toContain('>Confusion</h2>')
  expect(textOf(html)).toContain('Rows are labels. A darker cell')
  expect(html.match(/<td class="same"/g)).toHaveLength(2)
  expect(html).toContain('style="background: rgb(255, 255, 255)">0<')
  const other = {
    ...confusion,
    rows: [
      ['cat', 'a', 'b'],
      ['dog', 'c', 'd'],
    ],
  }
  expect(renderReport('A run', { ...run, tables: [other] })).not.toContain('class="heat"')
})

test('ids are unique, even if titles or layers are similar', () => {
  const latentWeights = { from: -1, to: 1, counts: [1, 2] }
  const layers = { Loss: { latentWeights }, 'a.b': { latentWeights }, 'a-b': { latentWeights } }
  const own = { title: 'Results', columns: ['what', 'result'], rows: [['x', 'y']] }
  const html = renderReport('A run', { ...run, epochs: [epoch(1, { layers })] }, [own])
  const ids = Array.from(html.matchAll(/ id="([^"]*)"/g), ([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(html).toContain('href="#results-again"')
})

test('several stages are a table', () => {
  const stages = [
    { name: 'real', epochs: 1, optimizer: { name: 'bop' } },
    { name: 'both', epochs: 1, optimizer: 'adam' },
  ]
  const staged = text({ stages, epochs: [epoch(1, { stage: 'real' }), epoch(2, { stage: 'both' })] })
  expect(staged).toContain('both - 1 adam - - 60.00 %')
  expect(text()).not.toContain('weight decay')
})

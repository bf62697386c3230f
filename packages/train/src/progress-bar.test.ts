import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { EpochRecord } from './events.ts'
import { formatDuration, progressBar } from './progress-bar.ts'

const record: EpochRecord = {
  epoch: 2,
  stage: 'b',
  loss: 0.5,
  training: { accuracy: 0.8 },
  evaluation: { accuracy: 0.75 },
  learningRate: 0.1,
  seconds: 3,
  imagesPerSecond: 100,
  flipRatio: { x: 0.01, y: 0.03 },
  layers: {},
}

const metrics = [{ name: 'accuracy', unit: 'share', better: 'higher', description: '' }] as const

const ESCAPE = String.fromCharCode(27)
const CONTROL = new RegExp(`${ESCAPE}\\[[?\\d;]*[A-Za-z]|[^${ESCAPE}]`, 'gs')

/** The final lines of a terminal: it handles carriage returns, columns, and clearing to the end of a line or of the screen. */
function screen(text: string): string[] {
  const lines = ['']
  let column = 0
  for (const part of text.match(CONTROL) ?? []) {
    const line = lines.at(-1)!
    const control = part.startsWith(ESCAPE) ? part.slice(1) : part
    const isText = part.length === 1 && part >= ' '
    if (isText) lines[lines.length - 1] = line.slice(0, column) + part + line.slice(column + 1)
    if (['[K', '[0K', '[J', '[0J'].includes(control)) lines[lines.length - 1] = line.slice(0, column)
    if (control === '[2K') lines[lines.length - 1] = ''
    if (control === '\n') lines.push('')
    if (['\n', '\r', '[1G'].includes(control)) column = 0
    else if (isText) column++
  }
  return lines
}

function drawn(isTTY: boolean, columns = 200): string {
  const stream = Object.assign(new PassThrough(), { isTTY, columns })
  const listen = progressBar(stream as unknown as NodeJS.WriteStream)
  const stages = [
    { name: 'a', epochs: 1, stepsPerEpoch: 20, batchSize: 4 },
    { name: 'b', epochs: 2, stepsPerEpoch: 10, batchSize: 8 },
  ]
  listen({ type: 'start', engine: 'wasm: fast', epochs: 3, stepsPerEpoch: 20, batchSize: 4, stages, metrics, evaluated: 'test' })
  listen({ type: 'resume', file: 'c.safetensors', step: 14 })
  const step = { loss: 0.4, training: { accuracy: 0.9 }, imagesPerSecond: 50, secondsLeft: 130 }
  listen({ type: 'step', stage: 2, stageEpoch: 1, epoch: 2, step: 5, ...step })
  listen({ type: 'warning', message: 'careful' })
  listen({ type: 'epoch', record, stageEpoch: 1 })
  listen({ type: 'partial', record: { ...record, steps: 3, stepsPerEpoch: 10 } })
  listen({ type: 'stopped', stage: 'b', epoch: 4, best: 2 })
  listen({ type: 'end', interrupted: false })
  return stream.read().toString()
}

test('a terminal sees stage, epoch and the time left; a file sees a line per epoch, also for an interrupted one', () => {
  const line = 'stage 2/2 b  epoch 1/2  loss 0.500  accuracy 0.800  test 0.7500  flips 2.00 %  100 img/s  3.0 s'
  const partial = line.replace('epoch 1/2', 'interrupted at batch 3/10')
  const stopped = 'stage 2/2 b  stopped after epoch 4: none was better than epoch 2'
  const terminal = drawn(true)
  expect(terminal).toMatch(/stage 2\/2 b {2}epoch 1\/2 .*50%.*loss 0\.400 {2}accuracy 0\.900 {2}50 img\/s {2}ETA 2:10/)
  const told = ['engine  wasm: fast', 'resumed c.safetensors at step 14', 'warning careful', line, partial, stopped, '']
  expect(screen(terminal)).toEqual(told)
  const file = drawn(false)
  expect(file.split('\n')).toEqual(told)
})

test('the bar leaves room for the time left on a narrow terminal', () => {
  const bars = [200, 80].map((columns) => /[█░]+/.exec(drawn(true, columns))![0].length)
  expect(bars).toEqual([24, 4])
})

test('durations read as clocks', () => {
  expect([0, 9.6, 130, 3725].map(formatDuration)).toEqual(['0:00', '0:10', '2:10', '1:02:05'])
})

/**
 * On standard error: one bar at a time, with stage, loss, accuracy, images per second and the time left of all stages, which gives way to
 * one line for each epoch that is over.
 */
import { visibleText } from '@onebit/core'
import { Presets, SingleBar } from 'cli-progress'
import type { TrainEvent, TrainListener } from './events.ts'

const FORMAT = '{stage}epoch {epoch}/{epochs} {bar} {percentage}%  loss {loss}  acc {accuracy}  {speed} img/s  ETA {left}'

/** `2:10`, or `1:02:10` from an hour on. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** What the bar's line holds beside the bar itself and the stage's title, in columns. */
const TEXT = 72

/** As long as the line has room for it. */
function barSize(columns: number | undefined, title: string): number {
  return Math.max(4, Math.min(24, (columns ?? 80) - TEXT - title.length))
}

type Start = Extract<TrainEvent, { type: 'start' }>
type Step = Extract<TrainEvent, { type: 'step' }>
type Epoch = Extract<TrainEvent, { type: 'epoch' }>

/** `stage 2/3 all binary  `, or nothing where there is one stage. */
function stageTitle({ stages }: Start, number: number): string {
  return stages.length === 1 ? '' : `stage ${number}/${stages.length} ${visibleText(stages[number - 1].name)}  `
}

function payload(start: Start, { stage, stageEpoch, loss, accuracy, imagesPerSecond, secondsLeft }: Step): object {
  return {
    stage: stageTitle(start, stage),
    epoch: stageEpoch,
    epochs: start.stages[stage - 1].epochs,
    loss: loss.toFixed(3),
    accuracy: accuracy.toFixed(3),
    speed: imagesPerSecond.toFixed(0),
    left: formatDuration(secondsLeft),
  }
}

function epochLine(start: Start, { record }: Epoch): string {
  const { epoch, stage, loss, accuracy, testAccuracy, imagesPerSecond, seconds, flipRatio } = record
  const ratios = Object.values(flipRatio)
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length
  const flips = ratios.length > 0 ? `  flips ${(100 * mean).toFixed(2)} %` : ''
  const index = start.stages.findIndex(({ name }) => name === stage)
  const before = start.stages.slice(0, index).reduce((sum, { epochs }) => sum + epochs, 0)
  return (
    `${stageTitle(start, index + 1)}epoch ${epoch - before}/${start.stages[index].epochs}  loss ${loss.toFixed(3)}  acc ${accuracy.toFixed(3)}  ` +
    `test ${testAccuracy.toFixed(4)}${flips}  ${imagesPerSecond.toFixed(0)} img/s  ${seconds.toFixed(1)} s\n`
  )
}

/** A listener that draws; on a stream that is no terminal it prints one line per epoch instead. */
export function progressBar(stream: NodeJS.WriteStream = process.stderr): TrainListener {
  let bar: SingleBar | undefined
  let start: Start | undefined
  const stop = (): void => {
    bar?.stop()
    bar = undefined
  }
  return (event) => {
    switch (event.type) {
      case 'start':
        start = event
        stream.write(`engine  ${visibleText(event.engine)}\n`)
        break
      case 'resume':
        stream.write(`resumed ${visibleText(event.file)} at step ${event.step}\n`)
        break
      case 'warning':
        stop()
        stream.write(`warning ${visibleText(event.message)}\n`)
        break
      case 'step':
        if (!stream.isTTY) break
        if (!bar) {
          const barsize = barSize(stream.columns, stageTitle(start!, event.stage))
          bar = new SingleBar(
            { format: FORMAT, stream, hideCursor: true, barsize, clearOnComplete: true },
            Presets.shades_classic,
          )
          bar.start(start!.stepsPerEpoch, event.step, payload(start!, event))
        }
        bar.update(event.step, payload(start!, event))
        break
      case 'epoch':
        stop()
        stream.write(epochLine(start!, event))
        break
      case 'end':
        stop()
        break
    }
  }
}

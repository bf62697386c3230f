/**
 * A progress bar on standard error. It shows the stage, loss, headline metric, pictures per second, and the time left of all
 * stages. When an epoch ends, one line of text replaces it.
 */
import { checkArgument, rules, visibleText } from '@onebit/core'
import { Presets, SingleBar } from 'cli-progress'
import type { EpochRecord, MetricValues, TrainEvent, TrainListener } from './events.ts'

const FORMAT = '{stage}epoch {epoch}/{epochs} {bar} {percentage}%  loss {loss}  {training}{speed} img/s  ETA {left}'

/** `2:10`, or `1:02:10` from one hour up. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** Columns that the line's text takes beside the bar and the stage's title. */
const TEXT = 76

/** Length of the bar: all the columns that the line has left. */
function barSize(columns: number | undefined, title: string): number {
  return Math.max(4, Math.min(24, (columns ?? 80) - TEXT - title.length))
}

type Start = Extract<TrainEvent, { type: 'start' }>
type Step = Extract<TrainEvent, { type: 'step' }>
type Epoch = Extract<TrainEvent, { type: 'epoch' }>
type Partial = Extract<TrainEvent, { type: 'partial' }>

/** `stage 2/3 all binary  `, or empty if there is one stage. */
function stageTitle({ stages }: Start, number: number): string {
  return stages.length === 1 ? '' : `stage ${number}/${stages.length} ${visibleText(stages[number - 1].name)}  `
}

/** `mIoU 0.871  `, or empty if the headline metric is not computed during training. */
function headline({ metrics: [{ name }] }: Start, training: MetricValues): string {
  return name in training ? `${name} ${training[name].toFixed(3)}  ` : ''
}

function payload(start: Start, { stage, stageEpoch, loss, training, imagesPerSecond, secondsLeft }: Step): object {
  return {
    stage: stageTitle(start, stage),
    epoch: stageEpoch,
    epochs: start.stages[stage - 1].epochs,
    loss: loss.toFixed(3),
    training: headline(start, training),
    speed: imagesPerSecond.toFixed(0),
    left: formatDuration(secondsLeft),
  }
}

/** Loss, metrics and flip ratio of an epoch, complete or not. */
function numbers(start: Start, { loss, training, evaluation, flipRatio, imagesPerSecond, seconds }: EpochRecord): string {
  const ratios = Object.values(flipRatio)
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length
  const flips = ratios.length > 0 ? `  flips ${(100 * mean).toFixed(2)} %` : ''
  const [{ name }] = start.metrics
  return (
    `loss ${loss.toFixed(3)}  ${headline(start, training)}${start.evaluated} ${evaluation[name].toFixed(4)}${flips}  ` +
    `${imagesPerSecond.toFixed(0)} img/s  ${seconds.toFixed(1)} s\n`
  )
}

function stageOf(start: Start, name: string): { readonly title: string; readonly epochs: number } {
  const index = start.stages.findIndex((stage) => stage.name === name)
  return { title: stageTitle(start, index + 1), epochs: start.stages[index].epochs }
}

function epochLine(start: Start, { record, stageEpoch }: Epoch): string {
  const { title, epochs } = stageOf(start, record.stage)
  return `${title}epoch ${stageEpoch}/${epochs}  ${numbers(start, record)}`
}

function partialLine(start: Start, { record }: Partial): string {
  const { title } = stageOf(start, record.stage)
  return `${title}interrupted at batch ${record.steps}/${record.stepsPerEpoch}  ${numbers(start, record)}`
}

/** A listener that draws the bar. On a stream that is not a terminal it prints one line per epoch instead. */
export function progressBar(stream: NodeJS.WriteStream = process.stderr): TrainListener {
  checkArgument('progressBar()', 'stream', stream, rules.object({ write: rules.callback }))
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
      case 'note':
        stop()
        stream.write(`note    ${visibleText(event.message)}\n`)
        break
      case 'step':
        if (!stream.isTTY) break
        if (!bar) {
          const barsize = barSize(stream.columns, stageTitle(start!, event.stage))
          bar = new SingleBar(
            { format: FORMAT, stream, hideCursor: true, barsize, clearOnComplete: true },
            Presets.shades_classic,
          )
          bar.start(start!.stages[event.stage - 1].stepsPerEpoch, event.step, payload(start!, event))
        }
        bar.update(event.step, payload(start!, event))
        break
      case 'epoch':
        stop()
        stream.write(epochLine(start!, event))
        break
      case 'partial':
        stop()
        stream.write(partialLine(start!, event))
        break
      case 'stopped':
        stop()
        stream.write(
          `${stageOf(start!, event.stage).title}stopped after epoch ${event.epoch}: none was better than epoch ${event.best}\n`,
        )
        break
      case 'end':
        stop()
        break
    }
  }
}

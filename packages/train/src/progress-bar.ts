/** One bar per epoch on standard error, with loss, accuracy, images per second and time left. */
import { Presets, SingleBar } from 'cli-progress'
import type { TrainEvent, TrainListener } from './events.ts'

const FORMAT = 'epoch {epoch}/{epochs} {bar} {percentage}%  loss {loss}  acc {accuracy}  {speed} img/s  ETA {eta_formatted}'

/** A listener that draws; on a stream that is no terminal it prints one line per epoch instead. */
export function progressBar(stream: NodeJS.WriteStream = process.stderr): TrainListener {
  let bar: SingleBar | undefined
  let start: Extract<TrainEvent, { type: 'start' }> | undefined
  return (event) => {
    switch (event.type) {
      case 'start':
        start = event
        stream.write(`engine  ${event.engine}\n`)
        break
      case 'step':
        if (!stream.isTTY) break
        if (!bar) {
          bar = new SingleBar(
            { format: FORMAT, stream, hideCursor: true, barsize: 24, etaBuffer: 20, clearOnComplete: false },
            Presets.shades_classic,
          )
          bar.start(start!.stepsPerEpoch, 0, { epoch: event.epoch, epochs: start!.epochs, loss: '-', accuracy: '-', speed: '-' })
        }
        bar.update(event.step, {
          loss: event.loss.toFixed(3),
          accuracy: event.accuracy.toFixed(3),
          speed: event.imagesPerSecond.toFixed(0),
        })
        break
      case 'epoch': {
        bar?.stop()
        bar = undefined
        const { epoch, loss, accuracy, testAccuracy, imagesPerSecond, seconds, flipRatio } = event.record
        const ratios = Object.values(flipRatio)
        const flips =
          ratios.length > 0
            ? `  flips ${((100 * ratios.reduce((sum, ratio) => sum + ratio, 0)) / ratios.length).toFixed(2)} %`
            : ''
        stream.write(
          `epoch ${epoch}/${start!.epochs}  loss ${loss.toFixed(3)}  acc ${accuracy.toFixed(3)}  test ${testAccuracy.toFixed(4)}${flips}  ` +
            `${imagesPerSecond.toFixed(0)} img/s  ${seconds.toFixed(1)} s\n`,
        )
        break
      }
      case 'end':
        bar?.stop()
        bar = undefined
        break
    }
  }
}

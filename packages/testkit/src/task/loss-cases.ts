/** Losses and monitors: finite, differentiable, means and sums over the batch. */
import type { Loss, OutputTensors } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { ConformanceCase } from '../conformance-case.ts'
import { attempt, require } from '../conformance-error.ts'
import type { Random } from '../random/random.ts'
import { asOutputs, compactTargets, expandedTargets, noiseFor, perfectOutputs } from './batch.ts'
import type { TaskSubject } from './subject.ts'

const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-4 * (1 + Math.abs(a) + Math.abs(b))

/** True for outputs that end in a softmax or a sigmoid, by name. They are read before it. */
function logitsIn(subject: TaskSubject): Record<string, boolean> {
  const model = subject.compose()
  const entries = model.outputs.map(({ sourceLayer }, index): [string, boolean] => {
    const { activation } = sourceLayer.getConfig() as { readonly activation?: string }
    const isLast = sourceLayer.getClassName() === 'Softmax' || ['softmax', 'sigmoid'].includes(activation ?? '')
    return [model.outputNames[index], isLast]
  })
  model.dispose()
  return Object.fromEntries(entries)
}

export function lossCases(subject: TaskSubject, random: Random): ConformanceCase[] {
  const { task, annotations, facts } = subject
  type Chosen = ReturnType<TaskSubject['losses']>[number]
  const value = ({ loss, options }: Chosen, outputs: OutputTensors, of: readonly unknown[]): tf.Scalar =>
    (loss as Loss).loss(outputs, expandedTargets(subject, compactTargets(subject, of)), options, { facts })
  const row = (tensors: tf.NamedTensorMap, index: number): tf.NamedTensorMap =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tf.slice(tensor, [index], [1])]))
  /** Runs on every loss, once for each way to read the outputs. */
  const everyLoss = (run: (chosen: Chosen, read: (tensors: tf.NamedTensorMap) => OutputTensors) => void): void => {
    const logits = logitsIn(subject)
    for (const chosen of subject.losses()) tf.tidy(() => run(chosen, (tensors) => asOutputs(tensors, logits)))
  }

  return [
    {
      name: 'has losses by default, each of them its own or a reference',
      async run() {
        const losses = await attempt('A default loss is not found.', () => subject.losses())
        require(losses.length > 0, () => ({ what: 'A stage that names no losses has nothing to minimize.' }))
      },
    },
    {
      name: 'losses are finite scalars whose gradient reaches the outputs',
      async run() {
        everyLoss((chosen, read) => {
          const noise = noiseFor(subject, random, annotations.length)
          const names = Object.keys(noise)
          const { value: loss, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) =>
            value(chosen, read(Object.fromEntries(names.map((name, index) => [name, tensors[index]]))), annotations),
          )(Object.values(noise))
          require(loss.rank === 0 && Number.isFinite(loss.dataSync()[0]), () => ({
            what: `The loss '${chosen.loss.name}' of noise is not a finite scalar.`,
            received: `[${loss.shape}] ${loss.dataSync()[0]}`,
          }))
          const values = grads.flatMap((gradient) => Array.from(gradient.dataSync()))
          require(values.every(Number.isFinite) && values.some((number) => number !== 0), () => ({
            what: `The gradient of the loss '${chosen.loss.name}' does not reach the outputs.`,
            expected: 'finite numbers, not all 0',
          }))
        })
      },
    },
    {
      name: 'losses are means over the batch',
      async run() {
        everyLoss((chosen, read) => {
          const noise = noiseFor(subject, random, annotations.length)
          const whole = value(chosen, read(noise), annotations).dataSync()[0]
          const parts = annotations.map((annotation, index) => value(chosen, read(row(noise, index)), [annotation]).dataSync()[0])
          const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length
          require(close(whole, mean), () => ({
            what: `The loss '${chosen.loss.name}' of a batch is not the mean of its pictures' losses.`,
            expected: `${mean}`,
            received: `${whole}`,
            fix: 'Take the mean of each picture first, then that of the batch: threads share a batch out.',
          }))
        })
      },
    },
    {
      name: 'perfect outputs have a lower loss than those of the other pictures',
      async run() {
        for (const chosen of subject.losses()) {
          tf.tidy(() => {
            const read = (of: readonly unknown[]): OutputTensors => asOutputs(perfectOutputs(subject, of), {})
            const right = value(chosen, read(annotations), annotations).dataSync()[0]
            const turned = [...annotations.slice(1), annotations[0]]
            const wrong = value(chosen, read(turned), annotations).dataSync()[0]
            require(Number.isFinite(right) && right < wrong, () => ({
              what: `The loss '${chosen.loss.name}' of perfect outputs is not lower than that of wrong ones.`,
              expected: `less than ${wrong}`,
              received: `${right}`,
            }))
          })
        }
      },
    },
    {
      name: 'monitors are sums over the batch, by names of metrics',
      async run() {
        const known = (await subject.runtime()).metrics(facts).map(({ name }) => name)
        for (const [name, monitor] of Object.entries(task.monitors ?? {})) {
          require(known.includes(name), () => ({
            what: `The monitor '${name}' is not a metric of the task.`,
            expected: known.join(', '),
            received: name,
          }))
          tf.tidy(() => {
            const outputs = perfectOutputs(subject, annotations)
            const sum = (of: readonly unknown[], tensors: tf.NamedTensorMap): number =>
              monitor(asOutputs(tensors, {}), compactTargets(subject, of), facts).dataSync()[0]
            const whole = sum(annotations, outputs)
            const parts = annotations.map((annotation, index) => sum([annotation], row(outputs, index)))
            const total = parts.reduce((all, part) => all + part, 0)
            require(Number.isFinite(whole) && close(whole, total), () => ({
              what: `The monitor '${name}' of a batch is not the sum over its pictures.`,
              expected: `${total}`,
              received: `${whole}`,
            }))
          })
        }
      },
    },
  ]
}

/** The task from the view of a registry and a recipe, and its head on a network. */
import { createRegistry } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { ConformanceCase } from '../conformance-case.ts'
import { attempt, require } from '../conformance-error.ts'
import type { Random } from '../random/random.ts'
import type { TaskSubject } from './subject.ts'

export function definitionCases(subject: TaskSubject, random: Random): ConformanceCase[] {
  const { task, facts, input } = subject
  return [
    {
      name: 'is a task that a registry finds by name, its runtime under the same',
      async run() {
        const found = await attempt('A registry refuses the plugin.', () => createRegistry([task]).resolve('task', task.name))
        require(found.plugin === task && task.kind === 'task', () => ({
          what: 'The plugin is no task.',
          expected: 'what defineTask returns',
        }))
        const { name } = await subject.runtime()
        require(name === task.name, () => ({ what: 'The halves have two names.', expected: task.name, received: name }))
      },
    },
    {
      name: 'facts survive JSON',
      async run() {
        const restored = JSON.stringify(JSON.parse(JSON.stringify(facts)))
        require(restored === JSON.stringify(facts), () => ({ what: 'The facts do not survive JSON.', received: restored }))
      },
    },
    {
      name: 'its head gives outputs with their own names, a batch at a time',
      async run() {
        const model: LayersModel = await attempt('The head does not fit a network.', () => subject.compose())
        require(model.outputs.length > 0, () => ({ what: 'The head has no outputs.' }))
        const images = tf.tensor(
          Float32Array.from({ length: 2 * input[0] * input[1] * input[2] }, () => random.normal()),
          [2, ...input],
        )
        const outputs = [model.predict(images)].flat() as tf.Tensor[]
        for (const [index, output] of outputs.entries()) {
          require(output.shape[0] === 2 && output.dataSync().every(Number.isFinite), () => ({
            what: `The output '${model.outputNames[index]}' of noise is not finite, or not a batch.`,
            received: `[${output.shape}]`,
          }))
        }
        tf.dispose([images, ...outputs])
        model.dispose()
      },
    },
  ]
}

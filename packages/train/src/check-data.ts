/** Refuses data on which a network would learn nothing: data of another task, empty parts, pictures of another size. */
import { OptionError } from '@onebit/core'
import type { BatchSource } from '@onebit/data'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { TaskContext } from './task-context.ts'
import { checkOutputs } from './task-context.ts'
import type { DataSources, TrainingData } from './training-data.ts'

/**
 * @throws OptionError if the data belongs to another task, if a part of it is empty, or if its pictures do not fit the model;
 *   InputError if the model's outputs do not fit the facts.
 */
export function checkData(model: LayersModel, context: TaskContext, { name, task }: TrainingData, sources: DataSources): void {
  if (task !== undefined && task !== context.task.name) {
    throw new OptionError({
      option: 'data',
      what: `'${name}' is annotated for another task.`,
      expected: `annotations for the task '${context.task.name}'`,
      received: `'${task}'`,
      fix: 'Choose a data set of the task, or compose the model for the task of the data.',
    })
  }
  const taken = model.inputs[0].shape.slice(1).join('x')
  const { stages, ...whole } = sources
  const parts = [
    ...Object.entries(whole),
    ...stages.filter((source) => source !== whole.train).map((source) => ['train', source]),
  ]
  for (const [part, source] of parts as [string, BatchSource | undefined][]) {
    if (!source) continue
    if (source.count === 0) {
      const fix = 'Give more pictures, or a smaller batch size.'
      throw new OptionError({ what: `The '${part}' part of '${name}' gives no batch.`, expected: 'at least one', fix })
    }
    if (source.shape.join('x') !== taken) {
      throw new OptionError({
        what: `The model '${model.name}' does not take the '${part}' images of '${name}'.`,
        expected: `images of ${taken}`,
        received: source.shape.join('x'),
        fix: 'Compose the network for the data it is trained on.',
      })
    }
  }
  checkOutputs(context, model)
}

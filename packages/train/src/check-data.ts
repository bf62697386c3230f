/** What would otherwise end in a network that learns nothing: data that does not fit it, and labels that are no class. */
import { OptionError } from '@onebit/core'
import { type Batch, DataError } from '@onebit/data'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { DataSources, TrainingData } from './training-data.ts'

/** @throws OptionError if a part of the data is empty, or its images or classes are not what the model takes and gives. */
export function checkData(model: LayersModel, { name, classes }: TrainingData, sources: DataSources): void {
  const refuse = (what: string, expected: string, received: string): never => {
    throw new OptionError({ what, expected, received, fix: 'Compose the network for the data it is trained on.' })
  }
  const [input] = model.inputs
  const taken = input.shape.slice(1).join('x')
  for (const part of ['train', 'test'] as const) {
    const { count, shape } = sources[part]
    if (count === 0) {
      const fix = 'Give more images, or a smaller batch size.'
      throw new OptionError({ what: `The '${part}' part of '${name}' gives no batch.`, expected: 'at least one', fix })
    }
    if (shape.join('x') !== taken) {
      refuse(`The model '${model.name}' does not take the '${part}' images of '${name}'.`, `images of ${taken}`, shape.join('x'))
    }
  }
  const given = model.outputs[0].shape.at(-1)
  if (given !== classes.length) {
    refuse(`The model '${model.name}' does not have the classes of '${name}'.`, `${classes.length} classes`, `${given}`)
  }
}

/** @throws DataError with reason `label-range`. */
export function checkLabels({ labels, index }: Batch, { name, classes }: Pick<TrainingData, 'name' | 'classes'>): void {
  const wrong = labels.find((label) => !(label >= 0 && label < classes.length))
  if (wrong === undefined) return
  throw new DataError({
    reason: 'label-range',
    what: `A label of '${name}', in batch ${index}, is no class of it.`,
    expected: `0 to ${classes.length - 1}`,
    received: `${wrong}`,
    fix: 'Check the labels, and that all classes are listed.',
  })
}

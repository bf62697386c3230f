/** The quantizer in a layer: it is saved and loaded by name, and freezes to a graph that runs without TensorFlow.js. */
import { createRegistry, readModel, reference } from '@onebit/core'
import { freeze, QuantConv2D, registerLayers } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { ConformanceCase } from '../conformance-case.ts'
import { attempt, require } from '../conformance-error.ts'
import type { Random } from '../random/random.ts'
import { CHANNELS, drawVariables, type Subject } from './subject.ts'

const IMAGE = [5, 4, CHANNELS]
const BATCH = 3

function modelWith(subject: Subject, random: Random, paddingValue: 'zero' | 'one'): tfl.LayersModel {
  const { plugin, options, target } = subject
  const input = tfl.input({ shape: IMAGE, name: 'image' })
  const layer = new QuantConv2D({
    name: 'conv',
    filters: CHANNELS,
    kernelSize: 3,
    paddingValue,
    [target === 'activation' ? 'inputQuantizer' : 'kernelQuantizer']: { plugin, options },
  })
  const model = tfl.model({ inputs: input, outputs: layer.apply(input) as tfl.SymbolicTensor })
  // The seed determines everything in the model, so that a failure repeats. A separate layer holds the variables of the network.
  const variables = drawVariables(subject, random, 0.1)
  const kernel = Float32Array.from({ length: 9 * CHANNELS * CHANNELS }, () => random.normal() * 0.3)
  model.setWeights(
    model.weights.map(({ shape, originalName }) => {
      const name = originalName.slice(originalName.lastIndexOf('/') + 1).replace(/^(input|kernel)_quantizer_/, '')
      return tf.tensor(name === 'kernel' ? kernel : variables[name].data, shape as number[])
    }),
  )
  return model
}

async function predict(model: tfl.LayersModel, image: Float32Array): Promise<Float32Array> {
  const output = tf.tidy(() => model.predict(tf.tensor(image, [BATCH, ...IMAGE])) as tf.Tensor)
  const data = (await output.data()) as Float32Array
  output.dispose()
  return data
}

export function layerCases(subject: Subject, random: Random): ConformanceCase[] {
  const draw = (): Float32Array => Float32Array.from({ length: BATCH * 5 * 4 * CHANNELS }, () => random.normal())
  return [
    {
      name: `${subject.title}: a model that uses it saves and loads`,
      async run() {
        const model = modelWith(subject, random, 'zero')
        const image = draw()
        const expected = await predict(model, image)
        let artifacts: tf.io.ModelArtifacts | undefined
        await attempt('A model that uses it does not save.', () =>
          model.save(
            tf.io.withSaveHandler(async (saved) => {
              artifacts = saved
              return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
            }),
          ),
        )
        registerLayers(createRegistry([subject.plugin]))
        const topology = JSON.parse(JSON.stringify(artifacts!.modelTopology))
        const loaded = await attempt('A model that uses it does not load.', () =>
          tfl.loadLayersModel(tf.io.fromMemory({ ...artifacts!, modelTopology: topology })),
        )
        const actual = await predict(loaded, image)
        const place = actual.findIndex((value, index) => value !== expected[index])
        require(place < 0, () => ({
          what: 'A loaded model computes something else.',
          expected: `${expected[place]} at ${place}`,
          received: `${actual[place]}`,
          fix: 'Keep learned values in `variables`.',
        }))
        model.dispose()
        loaded.dispose()
      },
    },
    {
      name: `${subject.title}: a frozen layer computes what the layer does`,
      async run() {
        for (const paddingValue of ['zero', 'one'] as const) {
          const model = modelWith(subject, random, paddingValue)
          const image = draw()
          const expected = await predict(model, image)
          const bytes = await attempt('A layer that uses it does not freeze.', () => freeze(model).bytes())
          const { graph } = await attempt('The frozen file is refused.', async () => ({ graph: await readModel(bytes) }))
          const executable = await reference.compile(graph)
          const { conv } = await executable.run({ image })
          const place = Array.from(expected).findIndex(
            (value, index) => !(Math.abs(value - conv[index]) <= 1e-4 * (1 + Math.abs(value))),
          )
          require(place < 0, () => ({
            what: `The frozen layer computes something else (padding value '${paddingValue}').`,
            expected: `${expected[place]} at ${place}`,
            received: `${conv[place]}`,
          }))
          model.dispose()
        }
      },
    },
  ]
}

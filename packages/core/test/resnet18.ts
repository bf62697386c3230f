/** ResNet-18 at 224 x 224 in its Bi-Real form, weights of zeros: only its shapes matter. */
import { floatTensor, plainSign } from '@onebit/testkit/random'
import type { Graph } from '../src/graph/graph.ts'
import { GraphBuilder } from '../src/graph/graph-builder.ts'

const zeros = (shape: readonly number[]) => floatTensor(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)))

export function resnet18(): Graph {
  const builder = new GraphBuilder()
  const affine = (name: string, input: string): string => {
    const channels = builder.type(input).shape[2]
    return builder.node('affine', { name, inputs: [input], tensors: { scale: zeros([channels]), shift: zeros([channels]) } })
  }
  let value = builder.input('image', [224, 224, 3])
  value = builder.node('conv2d', {
    name: 'conv1',
    inputs: [value],
    attributes: { strides: [2, 2], padding: [3, 3, 3, 3] },
    tensors: { weights: zeros([7, 7, 3, 64]) },
  })
  value = affine('conv1.norm', value)
  value = builder.node('maxPool', {
    name: 'pool1',
    inputs: [value],
    attributes: { size: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] },
  })
  for (const [stage, filters] of [64, 128, 256, 512].entries()) {
    for (let conv = 1; conv <= 4; conv++) {
      const name = `stage${stage + 1}.conv${conv}`
      const channels = builder.type(value).shape[2]
      const stride = channels === filters ? 1 : 2
      const sign = builder.node('threshold', { name: `${name}.sign`, inputs: [value], tensors: plainSign() })
      const sums = builder.node('binaryConv2d', {
        name,
        inputs: [sign],
        attributes: { strides: [stride, stride], padding: [1, 1, 1, 1] },
        tensors: {
          weights: { dtype: 'bit', shape: [filters, 3, 3, channels], data: new Uint8Array((filters * 9 * channels) / 8) },
        },
      })
      let shortcut = value
      if (stride === 2) {
        shortcut = builder.node('averagePool', {
          name: `${name}.pool`,
          inputs: [value],
          attributes: { size: [2, 2], strides: [2, 2] },
        })
        shortcut = builder.node('conv2d', {
          name: `${name}.down`,
          inputs: [shortcut],
          tensors: { weights: zeros([1, 1, channels, filters]) },
        })
        shortcut = affine(`${name}.down.norm`, shortcut)
      }
      value = builder.node('add', { name: `${name}.add`, inputs: [affine(`${name}.norm`, sums), shortcut] })
    }
  }
  value = builder.node('mean', { name: 'mean', inputs: [value], attributes: { axes: [0, 1] } })
  value = builder.node('dense', {
    name: 'scores',
    inputs: [value],
    tensors: { weights: zeros([512, 1000]), bias: zeros([1000]) },
  })
  builder.output('scores', value)
  return builder.build()
}

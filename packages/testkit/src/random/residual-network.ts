/** Random whole networks: residual networks of binary blocks, and networks of binary dense layers. */
import { checkArguments, type Graph, GraphBuilder, rules } from '@onebit/core'
import type { Random } from './random.ts'
import { countRule, randomRule, sideRule } from './random-rules.ts'
import { sign } from './tensors.ts'

/** A residual network of random widths: stem, binary blocks with affine, PReLU and shortcut, pooling, head. */
export function residualNetwork(random: Random, least = 6, most = 12): Graph {
  checkArguments('residualNetwork()', { random: [random, randomRule], least: [least, sideRule], most: [most, sideRule] })
  const builder = new GraphBuilder()
  const channels = random.pick([8, 16, 24, 32, 20])
  const input = builder.input('image', [random.integer(least, most), random.integer(least, most), 3])
  const padding = [1, 1, 1, 1] as const
  const stem = { weights: random.floatTensor(3, 3, 3, channels), bias: random.floatTensor(channels) }
  let value = builder.node('conv2d', { inputs: [input], tensors: stem, attributes: { padding } })
  for (let block = 0; block < random.integer(1, 3); block++) {
    const bits = builder.node('threshold', { inputs: [value], tensors: random.thresholds(channels, random.integer(1, 2)) })
    let inner = builder.node('binaryConv2d', {
      inputs: [bits],
      tensors: { weights: random.bitTensor(channels, 3, 3, channels) },
      attributes: { padding, paddingValue: random.pick(['zero', 'one', 'minus-one']) },
    })
    const affine = { scale: random.floatTensor(channels), shift: random.floatTensor(channels) }
    inner = builder.node('affine', { inputs: [inner], tensors: affine })
    if (random.chance(0.3)) {
      const packed = builder.node('threshold', { inputs: [inner], tensors: random.thresholds(channels, random.integer(1, 2)) })
      const weights = random.bitTensor(channels, 1, 1, channels)
      const sums = builder.node('binaryConv2d', { inputs: [packed], tensors: { weights } })
      inner = builder.node('affine', { inputs: [sums], tensors: affine })
    }
    if (random.chance(0.3)) {
      const squeezed = builder.node('mean', { inputs: [inner], attributes: { axes: [0, 1] } })
      const gate = builder.node('activation', { inputs: [squeezed], attributes: { function: 'sigmoid' } })
      inner = builder.node('multiply', { inputs: [inner, gate] })
    }
    if (random.chance(0.7)) inner = builder.node('prelu', { inputs: [inner], tensors: { slope: random.floatTensor(channels) } })
    value = random.chance(0.8) ? builder.node('add', { inputs: [inner, value] }) : inner
  }
  const pooled = builder.node('mean', { inputs: [value], attributes: { axes: [0, 1] } })
  const head = { weights: random.floatTensor(channels, 10), bias: random.floatTensor(10) }
  const logits = builder.node('dense', { inputs: [pooled], tensors: head })
  builder.output('probabilities', builder.node('softmax', { inputs: [logits] }))
  if (random.chance(0.5)) builder.output('features', value)
  return builder.build()
}

/** A classifier of binary dense layers with these numbers of features. */
export function perceptron(random: Random, features: readonly number[]): Graph {
  checkArguments('perceptron()', { random: [random, randomRule], features: [features, rules.list(countRule, { minimum: 2 })] })
  const builder = new GraphBuilder()
  let value = builder.input('x', [features[0]])
  for (let layer = 1; layer < features.length; layer++) {
    const [channels, outputs] = features.slice(layer - 1)
    const tensors = { weights: random.bitTensor(outputs, channels) }
    const sums = builder.node('binaryDense', { inputs: [sign(builder, value)], tensors })
    const scaled = { scale: random.floatTensor(outputs), shift: random.floatTensor(outputs) }
    value = builder.node('affine', { inputs: [sums], tensors: scaled })
  }
  builder.output('probabilities', builder.node('softmax', { inputs: [value] }))
  return builder.build()
}

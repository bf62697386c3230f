/** Activation functions, alone and at the end of other layers. */
import type { ActivationFunction } from '@onebit/core'
import { floatTensor } from '../float-tensor.ts'
import { isLastAxis, refuse, type StockContext, type StockLayer } from './stock-layer.ts'

const FUNCTIONS: Readonly<Record<string, ActivationFunction>> = {
  relu: 'relu',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  softplus: 'softplus',
  softsign: 'softsign',
  hardSigmoid: 'hard-sigmoid',
  swish: 'swish',
}

function emitFunction({ layer, builder, name, config }: StockContext, input: string): string {
  const { activation } = config
  if (activation === 'softmax') return builder.node('softmax', { name, inputs: [input] })
  if (activation === 'relu6') return builder.node('clip', { name, inputs: [input], attributes: { minimum: 0, maximum: 6 } })
  const known = FUNCTIONS[activation as string]
  if (!known) {
    const names = Object.keys(FUNCTIONS).join(', ')
    refuse(layer, `the activation '${activation}' has no op.`, `Use one of linear, softmax, relu6, ${names}.`)
  }
  return builder.node('activation', { name, inputs: [input], attributes: { function: known } })
}

/** Calls `emit` with a name for its nodes, then appends the layer's activation. */
export function activated(context: StockContext, emit: (name: string) => string): string {
  if (context.config.activation === 'linear') return emit(context.name)
  return emitFunction(context, emit(`${context.name}.linear`))
}

const activation: StockLayer = {
  options: ['activation'],
  emit: (context) => (context.config.activation === 'linear' ? context.inputs[0] : emitFunction(context, context.inputs[0])),
}

const softmax: StockLayer = {
  options: ['axis'],
  emit: (context) => {
    const { layer, config, builder, name, inputs } = context
    if (!isLastAxis(config.axis, context)) refuse(layer, `it normalizes axis ${config.axis}.`, 'Normalize the last axis.')
    return builder.node('softmax', { name, inputs })
  },
}

const relu: StockLayer = {
  options: ['maxValue'],
  emit: ({ config, builder, name, inputs }) => {
    if (typeof config.maxValue !== 'number') return builder.node('activation', { name, inputs, attributes: { function: 'relu' } })
    return builder.node('clip', { name, inputs, attributes: { minimum: 0, maximum: config.maxValue } })
  },
}

const leakyRelu: StockLayer = {
  options: ['alpha'],
  emit: ({ config, builder, name, inputs }) =>
    builder.node('prelu', { name, inputs, tensors: { slope: floatTensor([config.alpha as number]) } }),
}

const prelu: StockLayer = {
  options: ['sharedAxes'],
  training: ['alphaInitializer', 'alphaRegularizer', 'alphaConstraint'],
  emit: ({ layer, builder, name, inputs }) => {
    const [alpha] = layer.getWeights()
    const isShared = alpha.shape.slice(0, -1).every((size) => size === 1)
    if (!isShared) refuse(layer, 'its slopes differ over space.', 'Build it with sharedAxes [1, 2].')
    return builder.node('prelu', { name, inputs, tensors: { slope: floatTensor(alpha.dataSync()) } })
  },
}

export const activationLayers: Readonly<Record<string, StockLayer>> = {
  Activation: activation,
  Softmax: softmax,
  ReLU: relu,
  LeakyReLU: leakyRelu,
  PReLU: prelu,
}

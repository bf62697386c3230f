/**
 * The findings of ONNX's checker (`onnx.checker.check_model`) for a model: duplicate names, values that are read before they
 * exist, operators and attributes that operator set 17 lacks.
 */
import type { OnnxModel } from '@onebit/onnx'

interface Operator {
  /** Minimum and maximum number of inputs. */
  readonly inputs: readonly [number, number]
  readonly attributes?: Readonly<Record<string, 'int' | 'float' | 'ints' | 'string'>>
}

const pool = { kernel_shape: 'ints', strides: 'ints', pads: 'ints', auto_pad: 'string', ceil_mode: 'int' } as const
const convolution = {
  strides: 'ints',
  dilations: 'ints',
  pads: 'ints',
  group: 'int',
  auto_pad: 'string',
  kernel_shape: 'ints',
} as const
const unary: Operator = { inputs: [1, 1] }
const binary: Operator = { inputs: [2, 2] }

/** The operators of set 17 that the writer uses, from https://github.com/onnx/onnx/blob/main/docs/Operators.md. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  Abs: unary,
  Add: binary,
  AveragePool: { inputs: [1, 1], attributes: { ...pool, count_include_pad: 'int' } },
  Clip: { inputs: [1, 3] },
  Concat: { inputs: [1, Number.POSITIVE_INFINITY], attributes: { axis: 'int' } },
  Conv: { inputs: [2, 3], attributes: convolution },
  ConvTranspose: { inputs: [2, 3], attributes: { ...convolution, output_padding: 'ints', output_shape: 'ints' } },
  Exp: unary,
  Expand: binary,
  Flatten: { inputs: [1, 1], attributes: { axis: 'int' } },
  Gather: { inputs: [2, 2], attributes: { axis: 'int' } },
  Gemm: { inputs: [2, 3], attributes: { alpha: 'float', beta: 'float', transA: 'int', transB: 'int' } },
  GlobalAveragePool: unary,
  GreaterOrEqual: binary,
  HardSigmoid: { inputs: [1, 1], attributes: { alpha: 'float', beta: 'float' } },
  HardSwish: unary,
  Identity: unary,
  MatMul: binary,
  MaxPool: { inputs: [1, 1], attributes: { ...pool, dilations: 'ints', storage_order: 'int' } },
  Mul: binary,
  PRelu: binary,
  Pad: { inputs: [2, 3], attributes: { mode: 'string' } },
  ReduceMean: { inputs: [1, 1], attributes: { axes: 'ints', keepdims: 'int' } },
  Relu: unary,
  Reshape: { inputs: [2, 2], attributes: { allowzero: 'int' } },
  Resize: {
    inputs: [1, 4],
    attributes: {
      mode: 'string',
      coordinate_transformation_mode: 'string',
      nearest_mode: 'string',
      cubic_coeff_a: 'float',
      exclude_outside: 'int',
      extrapolation_value: 'float',
    },
  },
  Shape: { inputs: [1, 1], attributes: { start: 'int', end: 'int' } },
  Sigmoid: unary,
  Slice: { inputs: [3, 5] },
  Softmax: { inputs: [1, 1], attributes: { axis: 'int' } },
  Softplus: unary,
  Softsign: unary,
  Tanh: unary,
  Transpose: { inputs: [1, 1], attributes: { perm: 'ints' } },
  Where: { inputs: [3, 3] },
}

function operatorFaults({ op, inputs, attributes }: OnnxModel['nodes'][number]): string[] {
  const operator = Object.hasOwn(OPERATORS, op) ? OPERATORS[op] : undefined
  if (!operator) return [`there is no operator '${op}'`]
  const [least, most] = operator.inputs
  const count = inputs.length < least || inputs.length > most ? [`${op} has ${inputs.length} inputs`] : []
  const unknown = Object.entries(attributes).flatMap(([name, value]) => {
    const [kind] = Object.keys(value)
    return operator.attributes?.[name] === kind ? [] : [`${op} has no attribute '${name}' of kind ${kind}`]
  })
  return [...count, ...unknown]
}

/** Faults in the order of the model; empty for a valid model. */
export function onnxFaults({ inputs, outputs, nodes, constants }: OnnxModel): string[] {
  const faults: string[] = []
  const there = new Set<string>()
  const add = (name: string): void => {
    if (name === '') faults.push('a value has no name')
    if (there.has(name)) faults.push(`'${name}' is there twice`)
    there.add(name)
  }
  for (const { name } of inputs) add(name)
  for (const [name, { shape, data }] of constants) {
    add(name)
    const size = shape.reduce((count, length) => count * length, 1)
    if (size !== data.length) faults.push(`the constant '${name}' has ${data.length} values, not ${size}`)
  }
  for (const node of nodes) {
    faults.push(...operatorFaults(node))
    // An empty name means a missing input.
    for (const name of node.inputs)
      if (name !== '' && !there.has(name)) faults.push(`${node.op} reads '${name}', which is not there before it`)
    for (const name of node.outputs) add(name)
  }
  const results = new Set<string>()
  for (const { name } of outputs) {
    if (!there.has(name)) faults.push(`the output '${name}' is not there`)
    if (results.has(name)) faults.push(`the output '${name}' is there twice`)
    results.add(name)
  }
  return faults
}

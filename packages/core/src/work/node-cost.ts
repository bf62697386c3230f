/**
 * Raw counts of one node on one input (a batch of one). Counting conventions derive theirs from them. Nothing here rounds, halves
 * or leaves out an op.
 */
import { type AnyNode, elementCount, type GraphTensor, type ValueType } from '../graph/graph.ts'
import { packedLength } from '../graph/infer-types.ts'
import { kernelTaps } from './kernel-taps.ts'

/** Multiply-accumulates by the precision of their operands. */
export interface MultiplyAccumulates {
  /** 1-bit weights and 1-bit inputs. */
  readonly binary: number
  /** 1-bit weights and real inputs, or the other way round. */
  readonly mixed: number
  readonly real: number
}

export interface NodeCost {
  readonly node: string
  readonly op: AnyNode['op']
  readonly outputShape: readonly number[]
  /** Bits of one input value: 1, or 32 for float32 and int32. 0 for a node without inputs. */
  readonly inputPrecision: 0 | 1 | 32
  /** Bits of one weight; 0 for a node without weights. */
  readonly weightPrecision: 0 | 1 | 32
  /** Learned numbers: 1-bit weights, and float32. A tensor that several nodes share counts at the first. */
  readonly parameters: { readonly binary: number; readonly real: number }
  /** Size of the node's tensors in bits, including the signs of thresholds. */
  readonly memoryBits: number
  /** Positions times taps. Taps on padding count, as in the papers. */
  readonly macs: MultiplyAccumulates
  /** Real multiplications, and divisions, outside of multiply-accumulates. */
  readonly multiplications: number
  /** Real additions outside of multiply-accumulates, and biases. */
  readonly additions: number
  /** Comparisons: thresholds, ReLUs, largest of a window. */
  readonly comparisons: number
  /** Bytes of the node's output, bits packed. */
  readonly activationBytes: number
}

type Elementwise = Pick<NodeCost, 'multiplications' | 'additions' | 'comparisons'>

/** Bytes of a value, bits packed. */
export function valueBytes({ dtype, shape }: ValueType): number {
  return dtype === 'bit' ? packedLength(elementCount(shape)) : 4 * elementCount(shape)
}

/** True for one number for all channels that equals `value`. A factor of 1 or a shift of 0 only makes floats and counts as no work. */
function isConstant({ data }: GraphTensor, value: number): boolean {
  return data.length === 1 && data[0] === value
}

/** Work outside of multiply-accumulates, for `inputCount` input values and `count` output values. */
function elementwise(
  node: AnyNode,
  input: ValueType | undefined,
  output: ValueType,
  tensors: Readonly<Record<string, GraphTensor>>,
): Elementwise {
  const count = elementCount(output.shape)
  const inputCount = input ? elementCount(input.shape) : 0
  const work = (multiplications: number, additions: number, comparisons: number): Elementwise => ({
    multiplications,
    additions,
    comparisons,
  })
  switch (node.op) {
    case 'conv2d':
    case 'conv2dTranspose':
    case 'dense':
      return work(0, tensors.bias ? count : 0, 0)
    case 'threshold':
      return work(0, 0, count * tensors.thresholds.shape[1])
    case 'affine':
      return work(isConstant(tensors.scale, 1) ? 0 : count, isConstant(tensors.shift, 0) ? 0 : count, 0)
    case 'prelu':
      return work(count, 0, count)
    case 'activation':
      return node.attributes.function === 'relu' || node.attributes.function === 'absolute'
        ? work(0, 0, count)
        : work(count, count, 0)
    case 'clip':
      return work(0, 0, 2 * count)
    case 'add':
      return work(0, count, 0)
    case 'multiply':
      return work(count, 0, 0)
    case 'softmax':
      return work(2 * count, count, count)
    case 'maxPool':
      return work(0, 0, count * node.attributes.size[0] * node.attributes.size[1])
    case 'averagePool':
      return work(count, count * node.attributes.size[0] * node.attributes.size[1], 0)
    case 'mean':
      return work(count, inputCount, 0)
    case 'resize':
      return node.attributes.method === 'bilinear' ? work(3 * count, 6 * count, 0) : work(0, 0, 0)
    default:
      return work(0, 0, 0)
  }
}

/** @param tensors The node's tensors by role. @param isFirst Returns true if no earlier node uses the tensor. */
export function nodeCost(
  node: AnyNode,
  inputs: readonly ValueType[],
  output: ValueType,
  tensors: Readonly<Record<string, GraphTensor>>,
  isFirst: (tensor: string) => boolean,
): NodeCost {
  let binary = 0
  let real = 0
  let flags = 0
  for (const [role, tensor] of Object.entries(tensors)) {
    const count = isFirst(node.tensors[role]) ? elementCount(tensor.shape) : 0
    if (tensor.dtype === 'float32') real += count
    else if (role === 'weights') binary += count
    else flags += count
  }
  const bits = (type: { dtype: ValueType['dtype'] } | undefined): 0 | 1 | 32 => (!type ? 0 : type.dtype === 'bit' ? 1 : 32)
  const inputPrecision = bits(inputs[0])
  const weightPrecision = bits(tensors.weights)
  const taps = kernelTaps(node, inputs[0], output, tensors.weights)
  const precision = inputPrecision * weightPrecision === 1 ? 'binary' : inputPrecision === weightPrecision ? 'real' : 'mixed'
  return {
    node: node.name,
    op: node.op,
    outputShape: output.shape,
    inputPrecision,
    weightPrecision,
    parameters: { binary, real },
    memoryBits: binary + flags + 32 * real,
    macs: { binary: 0, mixed: 0, real: 0, [precision]: taps },
    ...elementwise(node, inputs[0], output, tensors),
    activationBytes: valueBytes(output),
  }
}

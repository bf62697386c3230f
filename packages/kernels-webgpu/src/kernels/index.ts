/** One lowering per op for units of one node. Layers have lowerings of their own. */
import type { AnyNode, OpName } from '@onebit/core'
import { isBinary, isReal, type Unit } from '@onebit/core/compile'
import type { Buffer } from '../program/buffer.ts'
import { lowerBinaryLayer } from './binary-layer.ts'
import { add, multiply } from './broadcast.ts'
import { floatTensor, type KernelName, type Lowered, type Lowering, type UnitScope } from './lowering.ts'
import { activation, affine, clip, lowerRectifier, prelu, toFloat } from './map.ts'
import { mean } from './mean.ts'
import { concat, constant, pad, reshape, slice } from './moves.ts'
import { averagePool, maxPool } from './pools.ts'
import { lowerRealLayer } from './real-layer.ts'
import { resize } from './resize.ts'
import { softmax } from './softmax.ts'
import { threshold } from './threshold.ts'

/** Ops that sum products. They are lowered as layers. */
type LayerOp = 'conv2d' | 'conv2dTranspose' | 'dense' | 'binaryConv2d' | 'binaryConv2dTranspose' | 'binaryDense'

const LOWERINGS: { readonly [Op in Exclude<OpName, LayerOp>]: Lowering<Op> } = {
  threshold,
  toFloat,
  affine,
  prelu,
  activation,
  clip,
  add,
  multiply,
  softmax,
  constant,
  maxPool,
  averagePool,
  mean,
  resize,
  pad,
  reshape,
  concat,
  slice,
}

/** The kernel of a unit, and the buffers of its values. */
export interface LoweredUnit extends KernelName {
  readonly values: ReadonlyMap<string, Buffer>
}

function lowerNode(node: AnyNode, unit: UnitScope): LoweredUnit {
  if (isBinary(node)) return lowerBinaryLayer({ convolution: node }, unit)
  const lowered = isReal(node)
    ? lowerRealLayer({ convolution: node }, unit)
    : (LOWERINGS[node.op] as Lowering<OpName>)(node, unit.scopeOf(node))
  return withValue(node.name, lowered)
}

function withValue(name: string, { buffer, ...rest }: Lowered): LoweredUnit {
  return { ...rest, values: new Map([[name, buffer]]) }
}

export function lowerUnit(unit: Unit, scope: UnitScope): LoweredUnit {
  switch (unit.kind) {
    case 'binary-layer':
      return lowerBinaryLayer(unit.layer, scope)
    case 'real-layer':
      return withValue(unit.values[0], lowerRealLayer(unit.layer, scope))
    case 'rectifier': {
      const { before, prelu: bend, after } = unit.rectifier
      const table = (node: AnyNode | undefined, role: string): Float32Array | undefined =>
        node && floatTensor(node, scope.scopeOf(node), role)
      const tables = { before: table(before, 'shift'), slope: table(bend, 'slope')!, after: table(after, 'shift') }
      return withValue(unit.values[0], lowerRectifier(tables, scope.scopeOf(unit.nodes[0])))
    }
    case 'node':
      return lowerNode(unit.node, scope)
  }
}

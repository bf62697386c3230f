/** A binary layer together with its followers. */
import type { AnyNode, NodeOf } from '@onebit/core'
import { type BinaryLayer, bitWeights, expandToChannels, type Rectifier } from '@onebit/core/compile'
import type { Buffer } from '../program/buffer.ts'
import { channelsOf, valueBytes } from '../program/value.ts'
import { lowerCounts } from './binary-convolution.ts'
import { bitEpilogue, type Epilogue, type EpilogueConstants, floatEpilogue, type Pack, packedEpilogue } from './epilogue.ts'
import { binaryGeometry } from './layer-geometry.ts'
import { floatTensor, type LayerKernel, outputBuffer, requireTensor, type UnitScope } from './lowering.ts'
import { joinRows, rectifierRows } from './rectifier.ts'
import { countLimits, prepareThreshold } from './threshold.ts'

export interface LoweredLayer extends LayerKernel {
  /** The layer's values by name: the result, if anything reads it, and the packed bits. */
  readonly values: ReadonlyMap<string, Buffer>
}

/** Flags of assembly/epilogue.ts. */
const PRELU_BEFORE = 1
const SHORTCUT = 2
const PRELU_AFTER = 4
const GATE = 8
const RPRELU = 16

function rectifierKind({ before, after }: Rectifier, addFirst: boolean): number {
  return (addFirst ? PRELU_AFTER : PRELU_BEFORE) + (before || after ? RPRELU : 0)
}

function epilogueConstants(layer: BinaryLayer, affine: NodeOf<'affine'>, unit: UnitScope): EpilogueConstants {
  const { builder } = unit
  const { multiply, rectifier, add, addFirst, shortcut, gate } = layer
  const outputs = channelsOf(unit.scopeOf(affine).type)
  const perChannel = (node: AnyNode, role: string): Buffer =>
    builder.constant(expandToChannels(floatTensor(node, unit.scopeOf(node), role), outputs))
  const bufferOf = (name: string | undefined): Buffer | undefined => (name === undefined ? undefined : unit.value(name).buffer)
  return {
    kind: (multiply ? GATE : 0) + (add ? SHORTCUT : 0) + (rectifier ? rectifierKind(rectifier, addFirst) : 0),
    scale: perChannel(affine, 'scale'),
    shift: perChannel(affine, 'shift'),
    slope: rectifier && builder.constant(joinRows(rectifierRows(rectifier, outputs, unit.tensor))),
    shortcut: bufferOf(shortcut),
    gate: bufferOf(gate),
  }
}

export function lowerBinaryLayer(layer: BinaryLayer, unit: UnitScope): LoweredLayer {
  const { builder } = unit
  const { convolution, affine, threshold, result } = layer
  const scope = unit.scopeOf(convolution)
  const outputs = channelsOf(scope.type)
  const values = new Map<string, Buffer>()

  let pack: Pack | undefined
  let packed: Epilogue | undefined
  if (threshold) {
    const next = unit.scopeOf(threshold)
    const bits = outputBuffer(next)
    const limits = affine ? undefined : countLimits(threshold, next)
    packed = limits && packedEpilogue(builder, bits, limits.limits, limits.first, next.makesPanel === true)
    const { step } = prepareThreshold(threshold, next, affine ? 'float32' : 'int32')
    pack = (rows, from, to) => step(rows, bits, from, to - from)
    values.set(threshold.name, bits)
  }

  const constants = affine && epilogueConstants(layer, affine, unit)
  const output = layer.keepsResult ? builder.allocate(valueBytes(unit.type(result))) : undefined
  if (output) values.set(result, output)
  const kernel = lowerCounts(
    scope,
    binaryGeometry(convolution, scope),
    bitWeights(convolution.name, requireTensor(convolution, scope, 'weights')),
    (chunk) => {
      if (packed) return packed
      if (!constants) return bitEpilogue(builder, chunk, outputs, pack!)
      return floatEpilogue(builder, constants, output, chunk, outputs, pack)
    },
  )
  return { values, ...kernel }
}

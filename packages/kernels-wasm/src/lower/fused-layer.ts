/** A binary layer together with what follows it. */
import type { AnyNode, GraphTensor, ValueType } from '@onebit/core'
import type { Tiles } from '../loading/choose-tile.ts'
import type { FusedLayer } from '../passes/fuse-layers.ts'
import type { Rectifier } from '../passes/rectifiers.ts'
import type { Buffer } from '../program/buffer.ts'
import type { ProgramBuilder } from '../program/program-builder.ts'
import { channelsOf, type Value, valueBytes } from '../program/value.ts'
import { bitKernel } from '../weights/bit-kernel.ts'
import { expandToChannels } from '../weights/per-channel.ts'
import { binaryLayer, lowerCounts } from './binary-convolution.ts'
import { floatTensor, type LoweringContext, outputBuffer, requireTensor } from './context.ts'
import { bitEpilogue, type Epilogue, type FloatTail, floatEpilogue, type Pack, packedEpilogue } from './epilogue.ts'
import { joinRows, rectifierRows } from './rectifier.ts'
import { countLimits, prepareThreshold } from './threshold.ts'

/** The part of a compilation that a fused layer needs. */
export interface FusionContext {
  readonly builder: ProgramBuilder
  readonly tiles: Tiles
  value(name: string): Value
  type(name: string): ValueType
  tensor(node: AnyNode, role: string): GraphTensor | undefined
  /** Whether a node's bits are to lie as a panel. */
  makesPanel(node: string): boolean
}

export interface LoweredLayer {
  /** The layer's values by name: the result, if anything keeps it, and the packed bits. */
  readonly values: ReadonlyMap<string, Buffer>
  readonly kernel: string
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

export function lowerFusedLayer(layer: FusedLayer, fusion: FusionContext): LoweredLayer {
  const { builder } = fusion
  const { convolution, affine, multiply, rectifier, add, threshold, result } = layer
  const contextOf = (node: AnyNode): LoweringContext => ({
    builder,
    tiles: fusion.tiles,
    type: fusion.type(node.name),
    inputs: node === convolution ? node.inputs.map(fusion.value) : [],
    tensor: (role) => fusion.tensor(node, role),
    makesPanel: fusion.makesPanel(node.name),
  })
  const context = contextOf(convolution)
  const outputs = channelsOf(context.type)
  const values = new Map<string, Buffer>()

  let pack: Pack | undefined
  let packed: Epilogue | undefined
  if (threshold) {
    const next = contextOf(threshold)
    const bits = outputBuffer(next)
    const limits = affine ? undefined : countLimits(threshold, next)
    packed = limits && packedEpilogue(builder, bits, limits.limits, limits.first, next.makesPanel === true)
    const { step } = prepareThreshold(threshold, next, affine ? 'float32' : 'int32')
    pack = (rows, from, to) => step(rows, bits, from, to - from)
    values.set(threshold.name, bits)
  }

  const perChannel = (node: AnyNode, role: string): Buffer =>
    builder.constant(expandToChannels(floatTensor(node, contextOf(node), role), outputs))
  const bufferOf = (name: string | undefined): Buffer | undefined => (name === undefined ? undefined : fusion.value(name).buffer)
  const tail: FloatTail | undefined = affine && {
    kind: (multiply ? GATE : 0) + (add ? SHORTCUT : 0) + (rectifier ? rectifierKind(rectifier, layer.addFirst) : 0),
    scale: perChannel(affine, 'scale'),
    shift: perChannel(affine, 'shift'),
    slope: rectifier && builder.constant(joinRows(rectifierRows(rectifier, outputs, fusion.tensor))),
    shortcut: bufferOf(layer.shortcut),
    gate: bufferOf(layer.gate),
  }
  const output = layer.keepsResult ? builder.allocate(valueBytes(fusion.type(result))) : undefined
  if (output) values.set(result, output)
  const { kernel } = lowerCounts(
    context,
    binaryLayer(convolution, context),
    bitKernel(convolution.name, requireTensor(convolution, context, 'weights')),
    (chunk) => {
      if (packed) return packed
      return tail ? floatEpilogue(builder, tail, output, chunk, outputs, pack) : bitEpilogue(builder, chunk, outputs, pack!)
    },
  )
  return { values, kernel }
}

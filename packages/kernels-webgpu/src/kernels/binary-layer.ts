/**
 * Lowers binary convolutions and dense layers together with their followers. A product of +-1 is -1 if its two bits differ, so a
 * sum is its base minus twice the number of bits that differ (weights/padding-bases.ts).
 */
import type { PaddingValue } from '@onebit/core'
import { type BitWeights, bitWeights, pickBitTaps } from '@onebit/core/compile'
import { type LayerGeometry, layerGeometry, type Pass } from '../geometry/layer-geometry.ts'
import type { Buffer } from '../program/buffer.ts'
import { channelsOf, valueWords, wordsOf } from '../program/value.ts'
import { OWN_PIXEL, SOURCE, windowConstants, windowTable } from '../shaders/window.ts'
import type { Binding } from '../shaders/write-shader.ts'
import { BLOCK, BlockTables } from '../weights/block-tables.ts'
import { paddingBases } from '../weights/padding-bases.ts'
import { SMALL, type TileChooser, WHOLE_WORDS } from './choose-tile.ts'
import { countDepthwise } from './count-depthwise.ts'
import { countGroups } from './count-groups.ts'
import { countWords } from './count-words.ts'
import { type Counting, countingCode } from './counting.ts'
import { type AnyBinaryLayer, type Epilogue, writeEpilogue } from './epilogue.ts'
import { type KernelName, requireTensor, type UnitScope } from './lowering.ts'
import { describeTile, type Tile, tileGrid } from './tile.ts'

export interface LoweredLayer extends KernelName {
  /** The layer's values by name: the result, if it is kept, and the packed bits. */
  readonly values: ReadonlyMap<string, Buffer>
}

/** Chooses the way to count the bits of a layer. */
function chooseCounting({ outputs, channels }: BitWeights, { groups }: LayerGeometry): Counting {
  if (groups === 1) return countWords
  if (channels === 1 && outputs === groups) return countDepthwise
  return channels % 32 === 0 && (outputs / groups) % 32 === 0 ? countWords : countGroups
}

/** @param positions Pixels of a sample in the pass. */
function tileOf(counting: Counting, positions: number, outputs: number, tiles: TileChooser): Tile {
  if (counting === countWords) return tiles.tileOf(positions, outputs)
  return counting === countDepthwise ? WHOLE_WORDS : SMALL
}

interface PassTables {
  /** The data of the binding `geometry`: the window, the kinds of rows, then the kinds of columns. */
  readonly geometry: Int32Array
  readonly constants: Readonly<Record<string, number>>
}

/** The tables of a pass: the input positions of its taps, and the bases of its kinds of pixels. */
function passTables(weights: BitWeights, pass: Pass, paddingValue: PaddingValue, tables: BlockTables): PassTables {
  const padded = tables.blocks * BLOCK
  const { rowKinds, columnKinds, columnKindCount, bases } = paddingBases(weights, pass, paddingValue, padded)
  const window = windowTable(pass)
  const geometry = new Int32Array(window.length + rowKinds.length + columnKinds.length)
  geometry.set(window)
  geometry.set(rowKinds, window.length)
  geometry.set(columnKinds, window.length + rowKinds.length)
  const constants = {
    ...{ BASES: tables.addWords(bases), COLUMN_KINDS: columnKindCount },
    ...{ ROW_KIND: window.length, COLUMN_KIND: window.length + rowKinds.length },
  }
  return { geometry, constants }
}

/** The number of a pixel's first block of bases. */
const BASE_OF_KIND = `fn baseOf(place: Place) -> u32 {
  return BASES + (u32(geometry[ROW_KIND + place.y]) * COLUMN_KINDS + u32(geometry[COLUMN_KIND + place.x])) * OUTPUT_BLOCKS;
}`
const ONE_BASE = 'fn baseOf(place: Place) -> u32 { return BASES; }'

export function lowerBinaryLayer(layer: AnyBinaryLayer, unit: UnitScope): LoweredLayer {
  const { builder } = unit
  const { convolution } = layer
  const scope = unit.scopeOf(convolution)
  const [input] = scope.inputs
  const tensor = requireTensor(convolution, scope, 'weights')
  const whole = bitWeights(convolution.name, tensor)
  const layerPlace = layerGeometry(convolution, tensor, input.shape, scope.type.shape)
  const counting = chooseCounting(whole, layerPlace)
  const kernels = new Set<string>()
  let epilogue: Epilogue | undefined
  for (const pass of layerPlace.passes) {
    const weights = pass.taps.length === whole.taps ? whole : pickBitTaps(whole, pass.taps)
    const tables = new BlockTables(whole.outputs)
    const { geometry, constants } = passTables(weights, pass, layerPlace.paddingValue, tables)
    // Every pass writes to the same buffers.
    epilogue = writeEpilogue(layer, tables, unit, epilogue?.values)
    const positions = pass.grid[0] * pass.grid[1]
    const tile = tileOf(counting, positions, whole.outputs, unit.tiles)
    const counted = counting.lower(weights, layerPlace.groups, tile)
    const ofGeometry: Binding = { name: 'geometry', element: 'i32', resource: builder.constant(geometry) }
    const kernel = {
      constants: {
        ...windowConstants(layerPlace, pass),
        ...constants,
        ...{ INPUT_ELEMENTS: valueWords(input), ROW_WORDS: wordsOf(channelsOf(input)) },
        ...{ OUTPUTS: whole.outputs, OUTPUT_BLOCKS: tables.blocks },
        ...counted.constants,
      },
      bindings: [
        { name: 'input', element: 'u32', resource: input.buffer },
        { name: 'weights', element: counted.element, resource: builder.constant(counted.weights) },
        { name: 'constants', element: 'vec4<i32>', resource: builder.constant(tables.join()) },
        ...(layerPlace.isPointwise ? [] : [ofGeometry]),
        ...epilogue.bindings,
      ],
      pieces: [layerPlace.isPointwise ? OWN_PIXEL : SOURCE, ...epilogue.pieces],
      code: `${layerPlace.isPointwise ? ONE_BASE : BASE_OF_KIND}\n${countingCode(counted, tile, layer.threshold !== undefined)}`,
    }
    kernels.add(`${counting.name}, ${describeTile(tile)}`)
    builder.add(kernel, (batch) => tileGrid(tile, batch * positions, whole.outputs))
  }
  return {
    values: epilogue!.values,
    kernel: [...kernels].join('; '),
    ...(counting === countWords && { choice: unit.tiles.choice }),
  }
}

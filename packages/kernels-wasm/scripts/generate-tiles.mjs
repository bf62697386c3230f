/**
 * Emits the inner loops of the table kernel, one per tile width. AssemblyScript has no arrays of vectors, so each vector of 16 outputs
 * needs variables of its own for its sums.
 */

/**
 * Widths are in vectors of 16 outputs. More vectors share each table load, fewer leave registers free. Engines up to V8 12 load all
 * weights of a step before they use the first. For 4 vectors that takes more registers than there are. A load cannot pass a store,
 * so an ordered tile stores a value made of each vector's sums before the next vector's loads.
 */
const TILES = [
  { name: '1', width: 1 },
  { name: '2', width: 2 },
  { name: '4', width: 4 },
  { name: '4Ordered', width: 4, ordered: true },
]

/** One line for each vector of the tile. */
function each(width, indent, line) {
  return Array.from({ length: width }, (_, vector) => ' '.repeat(indent) + line(vector)).join('\n')
}

/** Weights of nibble `step` of the triple for a vector: `[nibble][vector][16]`. */
function weightsAt(width, vector, step) {
  return `v128.load(weight, ${(step * width + vector) * 16})`
}

function triple(width, vector) {
  const looked = [0, 1, 2].map((step) => `lookup(table${step}, ${weightsAt(width, vector, step)})`)
  return `i8x16.add(i8x16.add(${looked[0]}, ${looked[1]}), ${looked[2]})`
}

function order({ width, ordered }, vector) {
  return ordered && vector < width - 1 ? `\n          v128.store(order, i8x16.add(sum${vector}, high${vector}))` : ''
}

/** Adds up one pair's stretch, the nibbles in `length` bytes from `from` on, and writes the counts at `to`. */
function pair(tile) {
  const { width } = tile
  return `let weight = weights
${each(width, 8, (v) => `let sum${v} = i8x16.splat(0)\n        let high${v} = i8x16.splat(0)`)}
        for (let at = from; at < from + length; at += 6) {
          const table0 = v128.load(load<u16>(at), TABLES)
          const table1 = v128.load(load<u16>(at, 2), TABLES)
          const table2 = v128.load(load<u16>(at, 4), TABLES)
${each(
  width,
  10,
  (v) => `const triple${v} = ${triple(width, v)}
          sum${v} = i8x16.add(sum${v}, triple${v})
          high${v} = i8x16.add(high${v}, i16x8.shr_u(triple${v}, 4))${order(tile, v)}`,
)}
          weight += ${48 * width}
        }
        if (first) {
${each(width, 10, (v) => `flush(to + ${32 * v}, to + countBytes + ${32 * v}, sum${v}, high${v}, true)`)}
        } else {
${each(width, 10, (v) => `flush(to + ${32 * v}, to + countBytes + ${32 * v}, sum${v}, high${v}, false)`)}
        }`
}

/**
 * The address of an ordered tile's stores: behind the counts, in the second half of a cache line. V8 11 reads the address of its constant
 * from amid the code, in these functions from the first half of a line. A load waits for a store under way if both addresses have the
 * same last 12 bits. Where the code happens to lie so, the tile would take 1.3 times as long.
 */
function orderPlace({ ordered }) {
  return ordered ? '\n  const order = counts + ((pairs * countBytes) << 1) + 32' : ''
}

function tableKernels(tile) {
  const { name, width } = tile
  return `
/** ${tile.ordered ? 'Ordered tile' : 'Tile'} of ${16 * width} outputs. Weights are \`[block][nibble][${width}][16]\`; see the head of the file for the rest. */
export function tableGemm${name}(
  panel: usize, weights: usize, counts: usize, triples: i32, pairs: i32, blocks: i32, panelRowBytes: i32, countBytes: i32,
): void {${orderPlace(tile)}
  for (let block = 0; block < blocks; block++) {
    for (let start = 0; start < triples; start += TRIPLES) {
      const length = min(triples - start, TRIPLES) * 6
      const first = start == 0
      let from = panel + start * 6
      let to = counts + block * ${32 * width}
      for (let pair = 0; pair < pairs; pair++) {
        ${pair(tile)}
        from += panelRowBytes
        to += countBytes << 1
      }
      weights += length * ${8 * width}
    }
  }
}

/**
 * The same directly from a pair map. Pair \`i\` begins at byte \`places[i]\`, and kernel rows of \`triples\` are \`tapBytes\` apart.
 */
export function tableMapGemm${name}(
  map: usize, places: usize, weights: usize, counts: usize, triples: i32, pairs: i32, blocks: i32,
  kernelHeight: i32, tapBytes: i32, countBytes: i32,
): void {${orderPlace(tile)}
  const stretches = (triples + TRIPLES - 1) / TRIPLES
  const stretch = (triples + stretches - 1) / stretches
  for (let block = 0; block < blocks; block++) {
    for (let ky = 0; ky < kernelHeight; ky++) {
      for (let start = 0; start < triples; start += stretch) {
        const length = min(triples - start, stretch) * 6
        const first = (ky | start) == 0
        const row = map + ky * tapBytes + start * 6
        let to = counts + block * ${32 * width}
        for (let pair = 0; pair < pairs; pair++) {
          const from = row + load<u32>(places + (pair << 2))
          ${pair(tile)}
          to += countBytes << 1
        }
        weights += length * ${8 * width}
      }
    }
  }
}
`
}

export function generateTiles() {
  return `/**
 * Generated by scripts/generate-tiles.mjs: the inner loops of the table kernel.
 *
 * For every pair of pixels of the panel, blocks of outputs: looks up \`3 * triples\` nibbles and leaves uint16 counts of
 * differing bits, \`countBytes\` from pixel to pixel. The stretch of weights between two flushes stays in the first-level cache
 * while all pairs pass over it. Ordered tiles use the 48 bytes behind the counts of the last pair.
 */
import { flush, TRIPLES } from '../counters'
import { lookup } from '../lookup'
import { TABLES } from '../tables'
${TILES.map(tableKernels).join('')}`
}

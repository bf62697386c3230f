/** Numbers per channel, by blocks of 4 channels, in one constant: `[table][block][4]`, 32 bits each. */
import { expandToChannels } from '@onebit/core/compile'

/** Channels of a block. */
export const BLOCK = 4

export class BlockTables {
  /** Blocks of a table. */
  readonly blocks: number
  readonly #channels: number
  readonly #parts: Int32Array[] = []
  #length = 0

  constructor(channels: number) {
    this.#channels = channels
    this.blocks = Math.ceil(channels / BLOCK)
  }

  /** Adds words as they are. Returns the number of their first block. */
  addWords(words: Int32Array): number {
    const first = this.#length / BLOCK
    this.#parts.push(words)
    this.#length += Math.ceil(words.length / BLOCK) * BLOCK
    return first
  }

  /** Adds a number per channel, or one for all. Returns the number of its first block. */
  addFloats(values: Float32Array): number {
    const padded = new Float32Array(this.blocks * BLOCK)
    padded.set(expandToChannels(values, this.#channels))
    return this.addWords(new Int32Array(padded.buffer))
  }

  /** All tables, one after the other. */
  join(): Int32Array {
    const joined = new Int32Array(Math.max(BLOCK, this.#length))
    let at = 0
    for (const part of this.#parts) {
      joined.set(part, at)
      at += Math.ceil(part.length / BLOCK) * BLOCK
    }
    return joined
  }
}

/**
 * Buffers in the order of their addresses, and the lowest gap for another. They lie in blocks of some hundred that are summed up, so that
 * most of them need not be looked at: buffers of one size that live together fill a block without a gap, and buffers that follow one
 * another at one address do not meet the new one.
 */

interface Span {
  readonly first: number
  readonly last: number
}

interface Placed extends Span {
  readonly address: number
  readonly end: number
}

class Block {
  readonly buffers: Placed[]
  /** No buffer begins before the one or ends behind the other. */
  #start = Number.POSITIVE_INFINITY
  #end = 0
  /** The longest stretch between buffers of the block that none of them covers. */
  #gap = 0
  #firsts: readonly [number, number] = [0, 0]
  #lasts: readonly [number, number] = [0, 0]

  constructor(buffers: Placed[]) {
    this.buffers = buffers
    this.sumUp()
  }

  sumUp(): void {
    let [end, gap] = [0, 0]
    let [leastFirst, mostFirst, leastLast, mostLast] = [Infinity, -Infinity, Infinity, -Infinity]
    for (const [index, buffer] of this.buffers.entries()) {
      if (index > 0) gap = Math.max(gap, buffer.address - end)
      end = Math.max(end, buffer.end)
      leastFirst = Math.min(leastFirst, buffer.first)
      mostFirst = Math.max(mostFirst, buffer.first)
      leastLast = Math.min(leastLast, buffer.last)
      mostLast = Math.max(mostLast, buffer.last)
    }
    this.#start = this.buffers[0]?.address ?? Number.POSITIVE_INFINITY
    this.#end = end
    this.#gap = gap
    this.#firsts = [leastFirst, mostFirst]
    this.#lasts = [leastLast, mostLast]
  }

  /** Where all of a block's buffers leave room for `bytes` more from `address` on, or how far they reach and that they do not. */
  pass({ first, last }: Span, bytes: number, address: number): { address: number; fits: boolean } {
    if (this.#firsts[0] > last || this.#lasts[1] < first) return { address, fits: false }
    if (address + bytes <= this.#start) return { address, fits: true }
    const meetsAll = this.#firsts[1] <= last && this.#lasts[0] >= first
    if (meetsAll && this.#gap < bytes) return { address: Math.max(address, this.#end), fits: false }
    let lowest = address
    for (const other of this.buffers) {
      if (other.first > last || other.last < first) continue
      if (lowest + bytes <= other.address) return { address: lowest, fits: true }
      lowest = Math.max(lowest, other.end)
    }
    return { address: lowest, fits: false }
  }
}

/** Buffers of a block before it is cut in two. */
const MOST = 256

export class PlacedBuffers {
  #blocks: Block[] = []

  /** The lowest address from `start` on where `bytes` meet no buffer that lives at the same time; they are taken from now on. */
  place(span: Span, bytes: number, start: number): number {
    let address = start
    for (const block of this.#blocks) {
      const passed = block.pass(span, bytes, address)
      address = passed.address
      if (passed.fits) break
    }
    this.#insert({ first: span.first, last: span.last, address, end: address + bytes })
    return address
  }

  #insert(placed: Placed): void {
    const last = this.#blocks.length - 1
    const at = this.#blocks.findIndex(({ buffers }, index) => index === last || buffers.at(-1)!.address > placed.address)
    if (at < 0) {
      this.#blocks.push(new Block([placed]))
      return
    }
    const block = this.#blocks[at]
    const next = block.buffers.findIndex(({ address }) => address > placed.address)
    block.buffers.splice(next < 0 ? block.buffers.length : next, 0, placed)
    if (block.buffers.length > MOST) this.#blocks.splice(at + 1, 0, new Block(block.buffers.splice(MOST / 2)))
    block.sumUp()
  }
}

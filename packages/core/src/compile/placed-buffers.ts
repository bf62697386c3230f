/**
 * Buffers in the order of their addresses, and the lowest gap for another, in a tree whose branches are summed up. Most branches need not be
 * searched: the buffers of one are all over before the new one begins, or leave it no room anywhere.
 */

interface Span {
  readonly first: number
  readonly last: number
}

/** What is known of all buffers of a branch, which may be one. */
interface Summary {
  /** Where the lowest begins, and the highest ends. */
  readonly start: number
  readonly end: number
  /** The longest stretch between them that none covers. */
  readonly gap: number
  readonly leastFirst: number
  readonly mostFirst: number
  readonly leastLast: number
  readonly mostLast: number
  /** At no covered address does the last buffer end before. */
  readonly earliestFree: number
}

/** The search for a place, which has come as far as `address`. */
interface Search extends Span {
  readonly bytes: number
  address: number
  found: boolean
}

/** What is known without a look at single buffers. Returns whether that is all there is to know. */
function passWhole(whole: Summary, search: Search): boolean {
  const { first, last, bytes, address } = search
  if (whole.leastFirst > last || whole.mostLast < first) return true
  if (address + bytes <= whole.start) {
    search.found = true
    return true
  }
  const meetsAll = whole.mostFirst <= last && whole.leastLast >= first
  const meetsSomeEverywhere = meetsAll || (whole.mostFirst <= first && whole.earliestFree >= first)
  if (!meetsSomeEverywhere || whole.gap >= bytes) return false
  search.address = Math.max(address, whole.end)
  return true
}

/** The least, over all addresses that buffers cover, of when the last buffer there ends. */
function earliestFree(buffers: readonly Summary[]): number {
  let earliest = Number.POSITIVE_INFINITY
  let open: Summary[] = []
  // Between two neighboring borders the buffers that cover an address are the same.
  const closeUntil = (border: number): void => {
    while (open.length > 0) {
      earliest = Math.min(earliest, Math.max(...open.map(({ mostLast }) => mostLast)))
      const end = Math.min(...open.map((buffer) => buffer.end))
      if (end > border) return
      open = open.filter((buffer) => buffer.end > end)
    }
  }
  for (const [index, buffer] of buffers.entries()) {
    if (index > 0 && buffer.start > buffers[index - 1].start) closeUntil(buffer.start)
    if (buffer.end > buffer.start) open.push(buffer)
  }
  closeUntil(Number.POSITIVE_INFINITY)
  return earliest
}

/** Parts of a branch before it is cut in two. */
const MOST = 32

/** The index of the last part that begins no further on than an address, or 0. */
function partBefore(parts: readonly { readonly start: number }[], address: number): number {
  const next = parts.findIndex(({ start }) => start > address)
  return Math.max(0, (next < 0 ? parts.length : next) - 1)
}

/** Where to cut buffers in two. Those of one address stay together if they can: together they say when the address is free. */
function middleOf(buffers: readonly Summary[]): number {
  const border = buffers.findIndex(({ start }, index) => index >= MOST / 2 && start > buffers[index - 1].start)
  return border < 0 ? MOST / 2 : border
}

function longestGap(parts: readonly Summary[]): number {
  let [end, gap] = [parts[0].start, 0]
  for (const part of parts) {
    gap = Math.max(gap, part.gap, part.start - end)
    end = Math.max(end, part.end)
  }
  return gap
}

/** Buffers, or branches. */
class Branch implements Summary {
  start = Number.POSITIVE_INFINITY
  end = 0
  leastFirst = Number.POSITIVE_INFINITY
  mostFirst = Number.NEGATIVE_INFINITY
  leastLast = Number.POSITIVE_INFINITY
  mostLast = Number.NEGATIVE_INFINITY
  readonly #buffers: Summary[] | undefined
  readonly #branches: Branch[]
  /** Worked out when they are asked for, which is seldom. */
  #gap: number | undefined
  #earliestFree: number | undefined

  constructor(buffers: Summary[] | undefined, branches: Branch[] = []) {
    this.#buffers = buffers
    this.#branches = branches
    this.#sumUp()
  }

  get gap(): number {
    this.#gap ??= longestGap(this.#buffers ?? this.#branches)
    return this.#gap
  }

  get earliestFree(): number {
    this.#earliestFree ??= this.#buffers
      ? earliestFree(this.#buffers)
      : this.#branches.reduce((least, branch) => Math.min(least, branch.earliestFree), Number.POSITIVE_INFINITY)
    return this.#earliestFree
  }

  #include(part: Summary): void {
    this.start = Math.min(this.start, part.start)
    this.end = Math.max(this.end, part.end)
    this.leastFirst = Math.min(this.leastFirst, part.leastFirst)
    this.mostFirst = Math.max(this.mostFirst, part.mostFirst)
    this.leastLast = Math.min(this.leastLast, part.leastLast)
    this.mostLast = Math.max(this.mostLast, part.mostLast)
    this.#gap = undefined
    this.#earliestFree = undefined
  }

  /** From nothing, after parts have left. */
  #sumUp(): void {
    this.start = this.leastFirst = this.leastLast = Number.POSITIVE_INFINITY
    this.mostFirst = this.mostLast = Number.NEGATIVE_INFINITY
    this.end = 0
    for (const part of this.#buffers ?? this.#branches) this.#include(part)
  }

  /** Moves the search on behind the branch, or to a place in front of some of its buffers. */
  pass(search: Search): void {
    if (passWhole(this, search)) return
    if (this.#buffers) {
      for (const buffer of this.#buffers) {
        if (!passWhole(buffer, search)) search.address = Math.max(search.address, buffer.end)
        if (search.found) return
      }
    }
    for (const branch of this.#branches) {
      branch.pass(search)
      if (search.found) return
    }
  }

  /** Adds a buffer behind those that begin no further on. Returns the second half of the branch, where it became too long. */
  add(buffer: Summary): Branch | undefined {
    const half = this.#buffers ? this.#addBuffer(this.#buffers, buffer) : this.#addBelow(buffer)
    if (half) this.#sumUp()
    else this.#include(buffer)
    return half
  }

  #addBuffer(buffers: Summary[], buffer: Summary): Branch | undefined {
    const next = buffers.findIndex(({ start }) => start > buffer.start)
    buffers.splice(next < 0 ? buffers.length : next, 0, buffer)
    return buffers.length > MOST ? new Branch(buffers.splice(middleOf(buffers))) : undefined
  }

  #addBelow(buffer: Summary): Branch | undefined {
    const at = partBefore(this.#branches, buffer.start)
    const more = this.#branches[at].add(buffer)
    if (more) this.#branches.splice(at + 1, 0, more)
    return this.#branches.length > MOST ? new Branch(undefined, this.#branches.splice(MOST / 2)) : undefined
  }
}

export class PlacedBuffers {
  #root: Branch | undefined

  /** The lowest address from `start` on where `bytes` meet no buffer that lives at the same time; they are taken from now on. */
  place({ first, last }: Span, bytes: number, start: number): number {
    const search: Search = { first, last, bytes, address: start, found: false }
    this.#root?.pass(search)
    const { address } = search
    this.#add({
      ...{ start: address, end: address + bytes, gap: 0 },
      ...{ leastFirst: first, mostFirst: first, leastLast: last, mostLast: last, earliestFree: last },
    })
    return address
  }

  #add(buffer: Summary): void {
    const more = this.#root?.add(buffer)
    if (more) this.#root = new Branch(undefined, [this.#root!, more])
    this.#root ??= new Branch([buffer])
  }
}

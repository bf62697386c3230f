/**
 * Finds the lowest gap for a new buffer. A tree holds the placed buffers in the order of their addresses, with a summary of each branch.
 * The search skips most branches: all their buffers end before the new one begins, or they leave it no room.
 */

interface Span {
  readonly first: number
  readonly last: number
}

/** Summary of the buffers of a branch, or of a single buffer. `first` and `last` are points of time, `start` and `end` addresses. */
interface Summary {
  /** Lowest address, and one past the highest. */
  readonly start: number
  readonly end: number
  /** Bytes of the longest stretch between them that no buffer covers. */
  readonly gap: number
  readonly leastFirst: number
  readonly mostFirst: number
  readonly leastLast: number
  readonly mostLast: number
  /** Every covered address has a buffer that lives until this point or longer. */
  readonly earliestFree: number
}

/** A search for a place that has come as far as `address`. */
interface Search extends Span {
  readonly bytes: number
  address: number
  found: boolean
}

/** Moves the search by a branch's summary alone. Returns false if the search must look at single buffers. */
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

/** For each covered address, take the end of the buffer that lives longest there. Returns the earliest of these. */
function earliestFree(buffers: readonly Summary[]): number {
  let earliest = Number.POSITIVE_INFINITY
  let open: Summary[] = []
  // Between two neighboring borders, the same buffers cover every address.
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

/** Most parts of a branch. A branch with more is cut in two. */
const MOST = 32

/** The index of the last part that begins at or before an address, or 0. */
function partBefore(parts: readonly { readonly start: number }[], address: number): number {
  const next = parts.findIndex(({ start }) => start > address)
  return Math.max(0, (next < 0 ? parts.length : next) - 1)
}

/** The index at which to cut buffers in two. Those of one address stay together if possible, as they decide when it becomes free. */
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

/** A branch holds either buffers or branches. */
class Branch implements Summary {
  start = Number.POSITIVE_INFINITY
  end = 0
  leastFirst = Number.POSITIVE_INFINITY
  mostFirst = Number.NEGATIVE_INFINITY
  leastLast = Number.POSITIVE_INFINITY
  mostLast = Number.NEGATIVE_INFINITY
  readonly #buffers: Summary[] | undefined
  readonly #branches: Branch[]
  /** Computed on demand, which is seldom. */
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

  /** Computes the summary anew after parts have left. */
  #sumUp(): void {
    this.start = this.leastFirst = this.leastLast = Number.POSITIVE_INFINITY
    this.mostFirst = this.mostLast = Number.NEGATIVE_INFINITY
    this.end = 0
    for (const part of this.#buffers ?? this.#branches) this.#include(part)
  }

  /** Moves the search past the branch, or to a place in front of some of its buffers. */
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

  /** Inserts a buffer after those that begin at or before its address. Returns the second half of the branch if it became too long. */
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

  /** Takes `bytes` at the lowest address from `start` on where they meet no buffer that lives at the same time. Returns the address. */
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

/** Ends reading with an error that begins with the name of the field at fault. */
export function refuse(field, problem) {
  throw new Error(`${field}: ${problem}`)
}

/** An exceeded limit of the caller. It names the limit. */
export class LimitError extends Error {
  constructor(limit, stated, allowed) {
    super(`${limit}: ${stated} is more than the limit of ${allowed}`)
    this.name = 'LimitError'
    this.limit = limit
    this.stated = stated
  }
}

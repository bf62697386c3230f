/** Writes bits in the order of deflate: the first bit is the lowest of the first byte. */
export class BitWriter {
  #bytes = new Uint8Array(1024)
  #length = 0
  #bits = 0
  #count = 0

  /** Writes the lowest `count` bits of a value, at most 16, from the lowest on. */
  write(value: number, count: number): void {
    this.#bits |= value << this.#count
    this.#count += count
    while (this.#count >= 8) {
      this.#push(this.#bits & 255)
      this.#bits >>>= 8
      this.#count -= 8
    }
  }

  /** Writes whole bytes, after zero bits up to the next byte. */
  writeBytes(bytes: ArrayLike<number>): void {
    if (this.#count > 0) this.write(0, 8 - this.#count)
    for (let index = 0; index < bytes.length; index++) this.#push(bytes[index])
  }

  /** All written bytes, with zero bits up to the end of the last one. */
  finish(): Uint8Array<ArrayBuffer> {
    this.writeBytes([])
    return this.#bytes.slice(0, this.#length)
  }

  #push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes[this.#length++] = byte
  }
}

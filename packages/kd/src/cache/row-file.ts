/**
 * Rows of float32 by number, in one file that fills up in any order:
 *
 *   pictures x 8 bytes    for each row: a mark if the row is present, and the CRC-32 of its number and bytes (uint32, little-endian)
 *   pictures x rowLength  float32, little-endian
 *
 * The file has its full length from the beginning. Missing rows are holes, which take no space on most file systems. A row is
 * written before its mark, so a kill at any instant leaves it either whole or absent. A row that does not match its checksum
 * counts as absent and is computed again.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { checkArguments, FileError, fileError, rules, type TeacherRows, type TeacherRowsSize, tagOf } from '@onebit/core'

/** `ROW1`, read as a little-endian number. */
const MARK = 0x31574f52
/** Bytes of a mark and a checksum. */
const ENTRY = 8

function checksum(picture: number, row: Uint8Array): number {
  return crc32(row, crc32(new Uint8Array(Uint32Array.of(picture).buffer)))
}

const bytesOf = (floats: Float32Array): Uint8Array => new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength)

export class RowFile implements TeacherRows {
  readonly place: string
  readonly bytes: number
  readonly #size: TeacherRowsSize
  readonly #file: FileHandle
  /** Marks and checksums. */
  readonly #entries: Uint32Array
  #kept = 0

  private constructor(place: string, size: TeacherRowsSize, file: FileHandle, entries: Uint32Array, bytes: number) {
    this.place = place
    this.bytes = bytes
    this.#size = size
    this.#file = file
    this.#entries = entries
    for (let picture = 0; picture < size.pictures; picture++) if (this.#has(picture)) this.#kept++
  }

  /** @throws FileError if it cannot be opened, or if there is no space. */
  static async open(place: string, size: TeacherRowsSize): Promise<RowFile> {
    const { pictures, rowLength } = size
    const bytes = pictures * (ENTRY + 4 * rowLength)
    let file: FileHandle | undefined
    try {
      // Neither appends nor truncates, because others may write at the same time.
      file = await open(place, 'r+').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return open(place, 'wx+').catch(() => open(place, 'r+'))
        throw error
      })
      if ((await file.stat()).size !== bytes) await file.truncate(bytes)
      const entries = new Uint32Array(2 * pictures)
      await file.read(new Uint8Array(entries.buffer), 0, entries.byteLength, 0)
      return new RowFile(place, size, file, entries, bytes)
    } catch (error) {
      await file?.close()
      throw fileError(`'${place}', for what a teacher gives, cannot be opened.`, error)
    }
  }

  get kept(): number {
    return this.#kept
  }

  #has(picture: number): boolean {
    return this.#entries[2 * picture] === MARK
  }

  #placeOf(picture: number): number {
    const { pictures, rowLength } = this.#size
    return pictures * ENTRY + picture * 4 * rowLength
  }

  /** @param values Of the rows of these pictures. */
  #check(where: string, pictures: ArrayLike<number>, values: Float32Array): void {
    checkArguments(where, { pictures: [pictures, rules.numbers] })
    const length = pictures.length * this.#size.rowLength
    const isRows = (given: unknown): boolean => tagOf(given) === 'Float32Array' && (given as Float32Array).length === length
    checkArguments(where, { rows: [values, rules.rule(`a Float32Array of ${length} values`, isRows)] })
    const isPicture = (picture: number): boolean => Number.isInteger(picture) && picture >= 0 && picture < this.#size.pictures
    const stranger = Array.from(pictures).find((picture) => !isPicture(picture))
    if (stranger === undefined) return
    throw new FileError({
      what: `'${this.place}' has no row for picture ${stranger}.`,
      expected: `a number below ${this.#size.pictures}`,
    })
  }

  async read(pictures: ArrayLike<number>, into: Float32Array): Promise<number[]> {
    this.#check('read()', pictures, into)
    const { rowLength } = this.#size
    const found = await Promise.all(
      Array.from(pictures, async (picture, place) => {
        if (!this.#has(picture)) return false
        const row = bytesOf(into.subarray(place * rowLength, (place + 1) * rowLength))
        const { bytesRead } = await this.#file.read(row, 0, row.length, this.#placeOf(picture))
        if (bytesRead === row.length && checksum(picture, row) === this.#entries[2 * picture + 1]) return true
        this.#entries[2 * picture] = 0
        this.#kept--
        return false
      }),
    ).catch((error: unknown) => {
      throw fileError(`'${this.place}' could not be read.`, error)
    })
    return found.flatMap((isThere, place) => (isThere ? [] : [place]))
  }

  async write(pictures: ArrayLike<number>, rows: Float32Array): Promise<void> {
    this.#check('write()', pictures, rows)
    const { rowLength } = this.#size
    try {
      for (let place = 0; place < pictures.length; place++) {
        const picture = pictures[place]
        const row = bytesOf(rows.subarray(place * rowLength, (place + 1) * rowLength))
        await this.#file.write(row, 0, row.length, this.#placeOf(picture))
        const entry = Uint32Array.of(MARK, checksum(picture, row))
        await this.#file.write(new Uint8Array(entry.buffer), 0, ENTRY, picture * ENTRY)
        if (!this.#has(picture)) this.#kept++
        this.#entries.set(entry, 2 * picture)
      }
    } catch (error) {
      throw fileError(`'${this.place}' could not be written.`, error)
    }
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

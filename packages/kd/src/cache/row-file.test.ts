/** The file of rows: any order, whole or absent, the same to all who open it. */
import { mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileError, type TeacherRowsKey } from '@onebit/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RowFile } from './row-file.ts'
import { teacherCache } from './teacher-cache.ts'

const size = { pictures: 5, rowLength: 3 }
const rowOf = (picture: number): number[] => [picture, picture + 0.5, -picture]
const rowsOf = (...pictures: number[]): Float32Array => Float32Array.from(pictures.flatMap(rowOf))

let folder: string
let place: string
let opened: RowFile[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-rows-'))
  place = join(folder, 'a.rows')
  opened = []
})
afterEach(async () => {
  for (const file of opened) await file.close()
  await rm(folder, { recursive: true, force: true })
})

async function openRows(given = size): Promise<RowFile> {
  const file = await RowFile.open(place, given)
  opened.push(file)
  return file
}

/** The rows in the file, of all pictures, and the missing ones. */
async function all(file: RowFile): Promise<{ missing: number[]; rows: number[] }> {
  const into = new Float32Array(15).fill(-1)
  const missing = await file.read([0, 1, 2, 3, 4], into)
  return { missing, rows: Array.from(into) }
}

describe('a file of rows', () => {
  test('has its whole length from the beginning, and fills up in any order', async () => {
    const file = await openRows()
    expect([file.bytes, (await stat(place)).size, file.kept]).toEqual([5 * (8 + 12), 5 * (8 + 12), 0])
    expect((await all(file)).missing).toEqual([0, 1, 2, 3, 4])
    await file.write([3, 0], rowsOf(3, 0))
    const { missing, rows } = await all(file)
    expect(missing).toEqual([1, 2, 4])
    expect([rows.slice(0, 3), rows.slice(9, 12)]).toEqual([rowOf(0), rowOf(3)])
    const some = new Float32Array(6)
    expect(await file.read([3, 4], some)).toEqual([1])
    expect(file.kept).toBe(2)
  })

  test('is there for whoever opens it next', async () => {
    const first = await openRows()
    await first.write([1, 2], rowsOf(1, 2))
    const second = await openRows()
    expect(second.kept).toBe(2)
    expect((await all(second)).missing).toEqual([0, 3, 4])
    await second.write([0], rowsOf(0))
    expect((await all(await openRows())).missing).toEqual([3, 4])
  })

  test('counts a row as absent whose mark was not written, and one that is not what was written', async () => {
    const file = await openRows()
    await file.write([1, 2, 3], rowsOf(1, 2, 3))
    const handle = await open(place, 'r+')
    // A kill between row and mark; a byte that turned; the row of another picture in its place.
    await handle.write(new Uint8Array(8), 0, 8, 1 * 8)
    await handle.write(Uint8Array.of(0xff), 0, 1, 5 * 8 + 2 * 12 + 1)
    const other = new Uint8Array(rowsOf(2).buffer)
    await handle.write(other, 0, other.length, 5 * 8 + 3 * 12)
    await handle.close()
    const again = await openRows()
    expect((await all(again)).missing).toEqual([0, 1, 2, 3, 4])
    await again.write([1, 2], rowsOf(1, 2))
    expect((await all(again)).rows.slice(3, 9)).toEqual([...rowOf(1), ...rowOf(2)])
  })

  test('that was cut short loses only what was cut', async () => {
    await (await openRows()).write([0, 4], rowsOf(0, 4))
    const handle = await open(place, 'r+')
    await handle.truncate(5 * 8 + 4 * 12)
    await handle.close()
    expect((await all(await openRows())).missing).toEqual([1, 2, 3, 4])
  })

  test('refuses numbers that it has no row for, and says where it cannot be', async () => {
    const file = await openRows()
    await expect(file.read([5], new Float32Array(3))).rejects.toThrow(/has no row for picture 5\. Expected a number below 5/)
    for (const picture of [-1, 0.5, Number.NaN]) {
      await expect(file.read([picture], new Float32Array(3))).rejects.toThrow(FileError)
    }
    await expect(file.write([0, 1], rowsOf(0))).rejects.toThrow(/write\(\) refuses its argument 'rows'.*6 values/)
    await expect(RowFile.open(join(folder, 'none', 'a.rows'), size)).rejects.toThrow(FileError)
  })
})

describe('a cache', () => {
  const key: TeacherRowsKey = { teacher: { weights: 'a' }, data: { sha256: 'b' }, engine: 'cpu', layout: [] }

  test('gives one file to one key, and another to every other', async () => {
    const cache = teacherCache(join(folder, 'made'))
    const first = await cache.open(key, size)
    await first.write([0], rowsOf(0))
    const again = await cache.open({ ...key }, size)
    expect([again.place, again.kept]).toEqual([first.place, 1])
    const others = await Promise.all(
      [
        { ...key, engine: 'wasm' },
        { ...key, teacher: { weights: 'c' } },
        { ...key, data: {} },
      ].map((other) => cache.open(other, size)),
    )
    const longer = await cache.open(key, { ...size, rowLength: 4 })
    const places = [first, ...others, longer].map((rows) => rows.place)
    expect(new Set(places).size).toBe(5)
    for (const rows of [first, again, ...others, longer]) await rows.close()
  })

  test('refuses rows whose description is of another teacher', async () => {
    const cache = teacherCache(folder)
    await (await cache.open(key, size)).close()
    const [description] = (await readdir(folder)).filter((name) => name.endsWith('.json'))
    await writeFile(join(folder, description), '{}')
    await expect(cache.open(key, size)).rejects.toThrow(/describes another teacher/)
  })
})

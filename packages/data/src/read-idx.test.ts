import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { idxBytes } from '../test/idx-bytes.ts'
import { DataError, type DataErrorReason } from './data-error.ts'
import { readIdx } from './read-idx.ts'

const small = idxBytes([2, 3], [1, 2, 3, 4, 5, 6])
const gzip = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(bytes))

async function failure(bytes: Uint8Array<ArrayBuffer>, reason: DataErrorReason): Promise<string> {
  const error = await readIdx(bytes, 'some-file').catch((thrown) => thrown)
  expect(error).toBeInstanceOf(DataError)
  expect(error).toMatchObject({ name: 'DataError', reason, file: 'some-file' })
  expect(error.message).toContain("'some-file'")
  return error.message
}

afterEach(() => vi.restoreAllMocks())

describe('readIdx', () => {
  test('reads dimensions and values', async () => {
    const { shape, data } = await readIdx(small, 'some-file')
    expect(shape).toEqual([2, 3])
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('reads big-endian dimensions of more than one byte', async () => {
    const { shape, data } = await readIdx(idxBytes([258, 2], new Uint8Array(516).fill(9)), 'some-file')
    expect(shape).toEqual([258, 2])
    expect(data.length).toBe(516)
  })

  test('reads from the middle of a buffer', async () => {
    const buffer = new Uint8Array(small.length + 7)
    buffer.set(small, 5)
    expect([...(await readIdx(buffer.subarray(5, 5 + small.length), 'some-file')).data]).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('inflates gzip by itself', async () => {
    expect([...(await readIdx(gzip(small), 'some-file')).data]).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('inflates gzip without Node', async () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
    expect([...(await readIdx(gzip(small), 'some-file')).data]).toEqual([1, 2, 3, 4, 5, 6])
    const damaged = gzip(small)
    damaged[12] ^= 0xff
    await failure(damaged, 'gzip')
  })

  test('wrong magic', async () => {
    const bytes = small.slice()
    bytes[0] = 0x89
    expect(await failure(bytes, 'magic')).toContain('Expected two zero bytes at the beginning, received 89 00 08 02.')
  })

  test('wrong type', async () => {
    const bytes = idxBytes([1], [0, 0, 128, 63], 0x0d)
    expect(await failure(bytes, 'type')).toContain('received type 0d (32-bit floats)')
  })

  test('a type that IDX does not have', async () => {
    expect(await failure(idxBytes([1], [0], 0x07), 'type')).toContain('received type 07 (not an IDX type)')
  })

  test('no dimensions', async () => {
    expect(await failure(idxBytes([], []), 'dimensions')).toContain('received dimensions []')
  })

  test('a dimension of 0', async () => {
    expect(await failure(idxBytes([3, 0], []), 'dimensions')).toContain('received dimensions [3, 0]')
  })

  test('truncated in the magic number', async () => {
    expect(await failure(small.slice(0, 3), 'truncated')).toContain('Expected 4 bytes, received 3 bytes.')
  })

  test('truncated in the header', async () => {
    expect(await failure(small.slice(0, 9), 'truncated')).toContain('Expected 12 bytes, received 9 bytes.')
  })

  test('truncated in the values', async () => {
    expect(await failure(small.slice(0, 17), 'truncated')).toContain('Expected 18 bytes, received 17 bytes.')
  })

  test('oversized', async () => {
    const bytes = idxBytes([2, 3], [1, 2, 3, 4, 5, 6, 7])
    expect(await failure(bytes, 'oversized')).toContain('Expected 18 bytes, received 19 bytes.')
  })

  test('truncated gzip', async () => {
    const whole = gzip(small)
    expect(await failure(whole.slice(0, -9), 'truncated')).toContain(`received ${whole.length - 9} bytes`)
  })

  test('damaged gzip', async () => {
    const damaged = gzip(small)
    damaged[damaged.length - 6] ^= 0xff
    expect(await failure(damaged, 'gzip')).toContain('does not inflate')
  })
})

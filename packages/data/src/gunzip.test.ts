import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { gunzip } from './gunzip.ts'

const content = new Uint8Array(100_000).fill(7)
const packed = new Uint8Array(gzipSync(content))

afterEach(() => vi.restoreAllMocks())

describe.each([
  ['Node', () => {}],
  ['a browser', () => vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)],
])('in %s', (_, enter) => {
  test('content of the largest size is inflated', async () => {
    enter()
    expect(new Uint8Array(await gunzip(packed, 'x.gz', content.length))).toEqual(content)
  })

  test('one byte more is refused', async () => {
    enter()
    await expect(gunzip(packed, 'x.gz', content.length - 1)).rejects.toMatchObject({
      reason: 'oversized',
      message: expect.stringMatching(/'x.gz' inflates to more bytes than allowed.*at most 99999 bytes/),
    })
  })

  test('what is no gzip file is refused', async () => {
    enter()
    await expect(gunzip(Uint8Array.of(0x1f, 0x8b, 1, 2, 3, 4), 'x.gz')).rejects.toMatchObject({
      reason: expect.stringMatching(/gzip|truncated/),
    })
  })
})

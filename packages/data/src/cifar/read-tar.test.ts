import { describe, expect, test } from 'vitest'
import { tarBytes } from '../../test/tar-bytes.ts'
import { DataError } from '../data-error.ts'
import { readTar } from './read-tar.ts'

const long = Uint8Array.from({ length: 1300 }, (_, index) => index)
const archive = tarBytes('some-folder', { one: Uint8Array.of(1, 2, 3), empty: new Uint8Array(), long })

function failure(bytes: Uint8Array<ArrayBuffer>, reason: string): void {
  try {
    readTar(bytes, 'some.tar')
  } catch (error) {
    expect(DataError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({ reason, file: 'some.tar' })
    return
  }
  expect.fail('should not be read')
}

describe('readTar', () => {
  test('finds the plain files', () => {
    const files = readTar(archive, 'some.tar')
    expect([...files.keys()]).toEqual(['some-folder/one', 'some-folder/empty', 'some-folder/long'])
    expect(files.get('some-folder/one')).toEqual(Uint8Array.of(1, 2, 3))
    expect(files.get('some-folder/empty')).toHaveLength(0)
    expect(files.get('some-folder/long')).toEqual(long)
  })

  test.each([0, 511, 600, 1024 + 511, 2048 + 700, archive.length - 1024])('truncated to %i bytes', (length) => {
    failure(archive.slice(0, length), 'truncated')
  })

  test('a damaged header, and what is no archive', () => {
    const damaged = archive.slice()
    damaged[513] ^= 1
    failure(damaged, 'tar')
    failure(new Uint8Array(2048).fill(65), 'tar')
  })
})

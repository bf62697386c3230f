import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { pickleBytes } from '../../test/pickle-bytes.ts'
import { DataError, type DataErrorReason } from '../data-error.ts'
import type { Pickled } from './pickled-array.ts'
import { unpickle } from './unpickle.ts'

/** Written by cPickle of Python 2.7.18, protocol 2: a batch of three images as CIFAR-10 has it. */
const golden = new Uint8Array(
  gunzipSync(
    Buffer.from(
      'H4sIAAAAAAAC/+3ay06DQBQGYCjYCtVaLzVx14ULVo3U1nhNvK2c2EXjLA0ZYFqJMHBgMCHRxI0an9oLNb7EnLP4kvP/5xHOa+MFdIeaIZMMGoEok6waBGnOB0kZy4jlOatsL+dBKgqZl4G0wVhc2SJctGAS7Q2WqO5/TKHpEJ0Yt9rKO7T+7kJZZdyGZdooXbCIRvQPsKfQdohB9efJZHLz9TM1RJOw4n/eabuapukNw0QQREkOhvujMYIgSjJ/CPkMQRAlaS1bdhtBECU5Ozo+OUUQRElE+hgnCIIoSWetu76BIIiSXJ9fXF4hCKIk5VNeSARBlARWpU+bMfN5XEDnHtYc0iQWMTlt+0wGD15dQZf2ZM4iEYl5v877bj+d9cewTq1ZFHPBEl7Axj1sOtSJeSbTkAWyisvCy7iQ7H8rvL3fGQ0yMYctuhmwJErFInZHh3XcozsyyjKee7+/UI916Q7He3W5zcvBN2jwQKFPJQAA',
      'base64',
    ),
  ),
)
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0))
const value = (body: string): Pickled => unpickle(bytesOf(`\x80\x02${body}.`), 'some-file')

function failure(bytes: Uint8Array<ArrayBuffer>, reason: DataErrorReason): string {
  try {
    unpickle(bytes, 'some-file')
  } catch (error) {
    expect(error).toBeInstanceOf(DataError)
    expect(error).toMatchObject({ reason, file: 'some-file' })
    return (error as Error).message
  }
  return expect.fail('should not be read')
}

describe('unpickle', () => {
  test("reads what Python's cPickle wrote", () => {
    const batch = unpickle(golden, 'golden') as Map<string, Pickled>
    expect([...batch.keys()]).toEqual(['data', 'labels', 'batch_label', 'filenames'])
    expect(batch.get('labels')).toEqual([6, 9, 4])
    expect(batch.get('batch_label')).toBe('training batch 1 of 5')
    expect(batch.get('filenames')).toContain('camion_s_000148.png')
    const { shape, data } = batch.get('data') as { shape: number[]; data: Uint8Array }
    expect(shape).toEqual([3, 3072])
    const made = Uint8Array.from({ length: 3 * 3072 }, (_, index) => {
      const place = index % 3072
      return Math.floor(index / 3072) * 7 + Math.floor(place / 1024) * 50 + (place % 5)
    })
    expect(Buffer.compare(data, made)).toBe(0)
  })

  test('reads every opcode of values', () => {
    expect(value('(N\x88\x89K\x07M\x39\x30J\xfe\xff\xff\xffU\x03abct')).toEqual([null, true, false, 7, 12345, -2, 'abc'])
    expect(value('T\x02\x00\x00\x00\x01\xff')).toEqual(Uint8Array.of(1, 255))
    expect(value('](K\x01K\x02eK\x03a')).toEqual([1, 2, 3])
    expect(value('}U\x01aK\x01s(U\x01bK\x02u')).toEqual(new Map([['a', 1], ['b', 2]])) // biome-ignore format: one line
    expect(value('K\x01\x85')).toEqual([1])
    expect(value('K\x01K\x02\x86')).toEqual([1, 2])
    expect(value('K\x01K\x02K\x03\x87')).toEqual([1, 2, 3])
    expect(value(')')).toEqual([])
    expect(value('U\x01aq\x05h\x05\x86')).toEqual(['a', 'a'])
    expect(value('U\x01ar\x05\x01\x00\x00j\x05\x01\x00\x00\x86')).toEqual(['a', 'a'])
  })

  test('turns column-major arrays', () => {
    const data = Uint8Array.of(1, 4, 2, 5, 3, 6)
    const bytes = pickleBytes({ data: { shape: [2, 3], data, isFortran: true } })
    expect((unpickle(bytes, 'some-file') as Map<string, Pickled>).get('data')).toEqual({
      shape: [2, 3],
      data: Uint8Array.of(1, 2, 3, 4, 5, 6),
    })
  })

  test('lets no other name in', () => {
    const message = failure(bytesOf('\x80\x02cposix\nsystem\nU\x02ls\x85R.'), 'pickle')
    expect(message).toContain('received posix.system')
  })

  test('calls nothing but the makers of arrays', () => {
    failure(bytesOf('\x80\x02cnumpy\nndarray\nK\x01\x85R.'), 'pickle')
    failure(bytesOf('\x80\x02cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R.'), 'pickle')
    failure(bytesOf('\x80\x02K\x01K\x02R.'), 'pickle')
    failure(bytesOf('\x80\x02K\x01K\x02b.'), 'pickle')
  })

  test('refuses an array whose content does not fill its shape', () => {
    const message = failure(pickleBytes({ data: { shape: [2, 3], data: new Uint8Array(5) } }), 'pickle')
    expect(message).toContain('holds a NumPy array of another kind')
  })

  test.each([
    ['protocol 0', '(dp1\n.'],
    ['protocol 4', '\x80\x04}.'],
    ['an unknown opcode', '\x80\x02\x94.'],
    ['an opcode of instances', '\x80\x02(iposix\nsystem\n.'],
    ['a persistent object', '\x80\x02U\x01aQ.'],
    ['an empty stack', '\x80\x02.'],
    ['a missing mark', '\x80\x02K\x01t.'],
    ['a mark as a value', '\x80\x02(.'],
    ['a value too many', '\x80\x02K\x01K\x02.'],
    ['bytes after the end', '\x80\x02K\x01.K'],
    ['a missing memo', '\x80\x02h\x05.'],
    ['a value in place of a list', '\x80\x02K\x01K\x02a.'],
    ['a value in place of a dictionary', '\x80\x02K\x01U\x01aK\x02s.'],
    ['a key that is not a string', '\x80\x02}K\x01K\x02s.'],
    ['a key without a value', '\x80\x02}(U\x01au.'],
    ['a negative length', '\x80\x02T\xff\xff\xff\xff.'],
    ['a name without an end', `\x80\x02c${'a'.repeat(200)}`],
  ])('refuses %s', (_, body) => {
    failure(bytesOf(body), 'pickle')
  })

  test('says at every length that a file is truncated, or ends amid a name', () => {
    for (let length = 0; length < golden.length; length += length < 300 ? 1 : 97) {
      const reason = length > 14 && length < 150 ? /truncated|pickle/ : /truncated/
      try {
        unpickle(golden.slice(0, length), 'some-file')
        expect.fail('should not be read')
      } catch (error) {
        expect((error as DataError).reason).toMatch(reason)
      }
    }
  })
})

/** Makes pickles like those of CIFAR, which Python 2's cPickle wrote (protocol 2), for tests to read or to break. */

const text = (value: string): number[] => Array.from(value, (character) => character.charCodeAt(0))
const shortString = (value: string): number[] => [0x55, value.length, ...text(value)]
const integer = (value: number): number[] => (value < 256 ? [0x4b, value] : [0x4d, value & 0xff, value >> 8])

function list(items: number[][]): number[] {
  return [0x5d, 0x28, ...items.flat(), 0x65]
}

function byteArray(shape: [number, number], data: Uint8Array, isFortran: boolean): number[] {
  const length = new Uint8Array(new Uint32Array([data.length]).buffer)
  return [
    ...text('cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01'),
    ...integer(shape[0]),
    ...integer(shape[1]),
    ...text('\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb'),
    isFortran ? 0x88 : 0x89,
    0x54,
    ...length,
    ...data,
    ...text('tb'),
  ]
}

export type PickleValue = string[] | number[] | { shape: [number, number]; data: Uint8Array; isFortran?: boolean }

/** A pickled dictionary of lists and arrays. */
export function pickleBytes(content: Record<string, PickleValue>): Uint8Array<ArrayBuffer> {
  const bytes = [0x80, 2, 0x7d, 0x28]
  for (const [key, value] of Object.entries(content)) {
    bytes.push(...shortString(key))
    const pickled = Array.isArray(value)
      ? list(value.map((item) => (typeof item === 'string' ? shortString(item) : integer(item))))
      : byteArray(value.shape, value.data, value.isFortran ?? false)
    for (const byte of pickled) bytes.push(byte)
  }
  return Uint8Array.from([...bytes, 0x75, 0x2e])
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** CRC-32 of ISO 3309, for PNG's chunks. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (let index = 0; index < bytes.length; index++) value = CRC_TABLE[(value ^ bytes[index]) & 255] ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}

const ADLER_PRIME = 65_521

/** Adler-32 of RFC 1950, for the end of zlib streams. */
export function adler32(bytes: Uint8Array): number {
  let [low, high] = [1, 0]
  for (let index = 0; index < bytes.length; index++) {
    low = (low + bytes[index]) % ADLER_PRIME
    high = (high + low) % ADLER_PRIME
  }
  return ((high << 16) | low) >>> 0
}

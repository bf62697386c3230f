/**
 * Makes the files in `embedded/`: the first 1,000 training images and the first 200 test images of each class of Fashion-MNIST,
 * in their original order, as gzip IDX. It reads the four .gz files from the given folder, by default that of Debian's package
 * `dataset-fashion-mnist`. The content is the same in every run; the compressed bytes may vary with zlib's version.
 *
 *   node scripts/make-embedded.mjs [folder]
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, gunzipSync, gzipSync } from 'node:zlib'

const source = process.argv[2] ?? '/usr/share/datasets/fashion-mnist'
const target = join(import.meta.dirname, '../embedded')
const imageSize = 28 * 28

/** An IDX file of unsigned bytes. */
function idx(shape, values) {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.set([0, 0, 8, shape.length])
  for (const [dimension, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * dimension)
  return Buffer.concat([header, ...values])
}

function write(name, content) {
  const bytes = gzipSync(content, { level: constants.Z_BEST_COMPRESSION, memLevel: constants.Z_MAX_MEMLEVEL })
  writeFileSync(join(target, `${name}.gz`), bytes)
  console.log(`${name}.gz: ${bytes.length} bytes`)
}

mkdirSync(target, { recursive: true })
for (const [part, perClass] of [
  ['train', 1000],
  ['t10k', 200],
]) {
  const read = (kind) => gunzipSync(readFileSync(join(source, `${part}-${kind}-ubyte.gz`)))
  const images = read('images-idx3').subarray(16)
  const labels = read('labels-idx1').subarray(8)
  const taken = new Array(10).fill(0)
  const selection = Array.from(labels.keys()).filter((index) => taken[labels[index]]++ < perClass)
  const pixels = selection.map((index) => images.subarray(index * imageSize, (index + 1) * imageSize))
  write(`${part}-images-idx3-ubyte`, idx([selection.length, 28, 28], pixels))
  write(`${part}-labels-idx1-ubyte`, idx([selection.length], [Buffer.from(selection.map((index) => labels[index]))]))
}

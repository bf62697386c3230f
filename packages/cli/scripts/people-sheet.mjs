/**
 * Draws `docs/images/synthetic-people.jpg`: people of the data set `synthetic-people`, without and with their joints. It needs a
 * build.
 *
 *   node packages/cli/scripts/people-sheet.mjs [seed]
 */
import { mkdir } from 'node:fs/promises'
import { createRegistry } from '@onebit/core'
import data from '@onebit/data'
import { contactSheet, enlarged, pictureOf } from '@onebit/image'
import { drawSkeleton } from '@onebit/pose/deployment'
import sharp from 'sharp'

const [SIZE, COLUMNS, ROWS] = [128, 8, 4]

const reference = {
  name: 'synthetic-people',
  size: SIZE,
  train: 1,
  test: (COLUMNS * ROWS) / 2,
  seed: Number(process.argv[2] ?? 3),
}
const { plugin, options } = createRegistry(data).resolve('dataset', reference)
const { test, facts } = await plugin.load(options, {})

const pictures = Array.from({ length: test.count }, (_, index) => {
  const bytes = SIZE * SIZE * 3
  return enlarged(pictureOf(test.images.slice(index * bytes, (index + 1) * bytes), SIZE, SIZE), 2)
})
const drawn = pictures.map((picture, index) => {
  const copy = { ...picture, data: picture.data.slice() }
  // Draw hidden joints too, because the data set knows them exactly.
  const keypoints = test.annotations[index].keypoints.map((value, place) => (place % 3 === 2 ? Math.min(1, value) : value))
  drawSkeleton(copy, { keypoints, score: 1 }, facts, 2)
  return copy
})
const rows = Array.from({ length: ROWS / 2 }, (_, row) => {
  const part = (all) => all.slice(row * COLUMNS, (row + 1) * COLUMNS)
  return [...part(pictures), ...part(drawn)]
})
const sheet = contactSheet(
  rows.flat().map((picture) => ({ picture })),
  { size: 160, columns: COLUMNS, gap: 2 },
)
const target = new URL('../../../docs/images/synthetic-people.jpg', import.meta.url)
await mkdir(new URL('.', target), { recursive: true })
const raw = { width: sheet.width, height: sheet.height, channels: 3 }
await sharp(sheet.data, { raw }).jpeg({ quality: 80, mozjpeg: true }).toFile(target.pathname)
console.log(`${target.pathname}: ${sheet.width} x ${sheet.height}`)

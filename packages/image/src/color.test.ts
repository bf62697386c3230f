import { expect, test } from 'vitest'
import { noise, picture, SEED } from '../test/pictures.ts'
import { type Background, highBytes, luma, toChannels } from './color.ts'
import { invertPicture } from './picture.ts'

test('gray is Rec. 601 luma, to within a half, and leaves gray as it is', () => {
  for (let value = 0; value < 256; value++) expect(luma(value, value, value)).toBe(value)
  const { data } = noise(40, 40, 3, SEED)
  for (let index = 0; index < data.length; index += 3) {
    const [red, green, blue] = data.subarray(index, index + 3)
    const exact = 0.299 * red + 0.587 * green + 0.114 * blue
    expect(Math.abs(luma(red, green, blue) - exact), `ONEBIT_SEED=${SEED}`).toBeLessThan(0.51)
  }
  expect([luma(255, 0, 0), luma(0, 255, 0), luma(0, 0, 255)]).toEqual([76, 150, 29])
})

test('alpha over a background is rounded exactly, for every value and alpha', () => {
  for (const behind of [0, 255, 100]) {
    const values = Array.from({ length: 65_536 }, (_, index) => {
      const value = index & 255
      return [value, value, value, index >> 8]
    }).flat()
    const background: Background = behind === 0 ? 'black' : behind === 255 ? 'white' : [100, 100, 100]
    const { data } = toChannels(picture(256, 256, 4, values), 3, background)
    const wrong = Array.from({ length: 65_536 }, (_, index) => {
      const alpha = index >> 8
      return data[3 * index] === Math.floor((alpha * (index & 255) + (255 - alpha) * behind) / 255 + 0.5)
    }).filter((right) => !right)
    expect(wrong).toHaveLength(0)
  }
})

test('a picture from a premultiplied canvas has the same result over black', () => {
  for (let alpha = 1; alpha < 256; alpha++) {
    for (let value = 0; value < 256; value++) {
      const premultiplied = Math.floor((value * alpha) / 255 + 0.5)
      const back = Math.min(255, Math.floor((premultiplied * 255) / alpha + 0.5))
      const [direct, returned] = [value, back].map((level) => toChannels(picture(1, 1, 4, [level, 0, 0, alpha]), 3).data[0])
      if (direct !== returned) expect.fail(`alpha ${alpha}, value ${value}: ${direct} and ${returned}`)
    }
  }
})

test('gray is repeated, color becomes gray, black shows through unless told otherwise', () => {
  expect([...toChannels(picture(1, 2, 1, [7, 9]), 3).data]).toEqual([7, 7, 7, 9, 9, 9])
  expect([...toChannels(picture(1, 1, 3, [255, 0, 0]), 1).data]).toEqual([76])
  const clear = picture(1, 1, 4, [200, 100, 50, 0])
  expect([...toChannels(clear, 3).data]).toEqual([0, 0, 0])
  expect([...toChannels(clear, 3, 'white').data]).toEqual([255, 255, 255])
  expect([...toChannels(clear, 1, 'white').data]).toEqual([255])
  const squares = toChannels(picture(1, 9, 4, new Uint8Array(36)), 3, 'checkerboard').data
  expect([squares[0], squares[21], squares[24]]).toEqual([204, 204, 255])
})

test('16 bits become their high byte', () => {
  expect([...highBytes(Uint16Array.of(0, 255, 256, 65_279, 65_535))]).toEqual([0, 0, 1, 254, 255])
})

test('inverting exchanges light and dark, and leaves alpha', () => {
  expect([...invertPicture(picture(1, 1, 4, [0, 100, 255, 40])).data]).toEqual([255, 155, 0, 40])
  expect([...invertPicture(picture(1, 1, 1, [3])).data]).toEqual([252])
})

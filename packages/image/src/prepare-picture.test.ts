import { InputError, OptionError } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { integers, noise, picture, SEED } from '../test/pictures.ts'
import { inverse, movePoint } from './affine.ts'
import { borderColor } from './border-color.ts'
import { toChannels } from './color.ts'
import { crop } from './crop.ts'
import { blankPicture, pictureOf } from './picture.ts'
import { PictureError } from './picture-error.ts'
import { defaultPreparation, type Preparation, type PreparationStep, preparationOf } from './preparation.ts'
import { preparePicture } from './prepare-picture.ts'
import { resample } from './resample.ts'
import { resize } from './resize.ts'

const prepared = (source: Parameters<typeof preparePicture>[0], preparation: Preparation | undefined, input: readonly number[]) =>
  preparePicture(source, preparation, { input }).picture

describe('preparePicture', () => {
  test(`a center crop is the picture in other channels, scaled as a whole, cut; ONEBIT_SEED=${SEED}`, () => {
    const next = integers(SEED)
    for (let round = 0; round < 40; round++) {
      const source = noise(8 + next(60), 8 + next(60), ([1, 3, 4] as const)[next(3)], next(1e9))
      const channels = next(2) === 0 ? 1 : 3
      const plain = toChannels(source, channels, 'white')
      const scale = 12 / Math.min(source.height, source.width)
      const [height, width] = [source.height, source.width].map((side) => Math.round(side * scale))
      const [top, left] = [Math.floor((height - 9) / 2), Math.floor((width - 10) / 2)]
      const expected = crop(resample(plain, { height, width }), { top, left, height: 9, width: 10 })
      const step: PreparationStep = { type: 'center-crop', size: [9, 10], shorterSide: 12 }
      expect(preparePicture(source, [step], { input: [9, 10, channels], background: 'white' }).picture).toEqual(expected)
    }
  })

  test('without a preparation the whole picture is fitted in, and its border continues', () => {
    const wide = picture(1, 2, 3, [255, 0, 0, 255, 0, 0])
    expect(prepared(wide, undefined, [8, 8, 3])).toEqual(blankPicture(8, 8, 3, [255, 0, 0]))
    const same = noise(5, 7, 3)
    expect(prepared(same, undefined, [5, 7, 3])).toEqual(same)
    expect(prepared(noise(31, 20, 3), undefined, [8, 8, 1])).toEqual(
      prepared(noise(31, 20, 3), defaultPreparation([8, 8]), [8, 8, 1]),
    )
  })

  test('normalizes, pixels from 0 to 1 unless told otherwise', () => {
    const source = picture(1, 1, 1, [51])
    expect([...preparePicture(source, [], { input: [1, 1, 1] }).values]).toEqual([Math.fround(0.2)])
    const normalization = { mean: [0, 0.2, 1], standardDeviation: [1, 1, 0.5] }
    expect([...preparePicture(source, [], { input: [1, 1, 3], normalization }).values]).toEqual([0.2, 0, -1.6].map(Math.fround))
  })

  test('its affine map and the inverse follow a pixel', () => {
    // A white square of 20 pixels around (110, 60) in a picture of 200 x 100.
    const source = blankPicture(200, 100, 1)
    for (let row = 50; row < 70; row++) for (let column = 100; column < 120; column++) source.data[200 * row + column] = 255
    const preparations: Preparation[] = [
      [{ type: 'center-crop', size: 48, shorterSide: 56 }],
      [
        { type: 'center-crop', size: [48, 90], shorterSide: 90 },
        { type: 'resize', size: 48, mode: 'stretch' },
      ],
      [{ type: 'resize', size: 48, mode: 'contain' }],
      [{ type: 'resize', size: 48, mode: 'cover' }],
      [{ type: 'resize', size: 48, mode: 'stretch' }],
    ]
    for (const preparation of preparations) {
      const { picture, toInput } = preparePicture(source, preparation, { input: [48, 48, 1] })
      let [sum, x, y] = [0, 0, 0]
      picture.data.forEach((value, pixel) => {
        sum += value
        x += value * ((pixel % 48) + 0.5)
        y += value * (Math.floor(pixel / 48) + 0.5)
      })
      const back = movePoint(inverse(toInput), x / sum, y / sum)
      expect(Math.abs(back[0] - 110), JSON.stringify(preparation)).toBeLessThan(0.3)
      expect(Math.abs(back[1] - 60), JSON.stringify(preparation)).toBeLessThan(0.3)
    }
  })

  test('long and thin pictures take no more memory than others', () => {
    for (const [height, width] of [
      [1, 40_000],
      [40_000, 1],
      [1, 6000],
      [3, 100_000],
    ]) {
      // biome-ignore format: one line
      const source = noise(height, width, 3)
      for (const step of [
        { type: 'center-crop', size: 224, shorterSide: 256 },
        { type: 'resize', size: 224 },
      ] as const) {
        expect(prepared(source, [step], [224, 224, 3]).data).toHaveLength(224 * 224 * 3)
      }
    }
  })

  test('refuses other sizes and other inputs', () => {
    const source = noise(4, 4, 3)
    expect(() => prepared(source, [], [8, 8, 3])).toThrow(/8 x 8 .*received 4 x 4\. Let/)
    expect(() => prepared(source, [{ type: 'resize', size: 9 }], [8, 8, 3])).toThrow(/received 9 x 9 after its preparation/)
    expect(() => prepared(source, [], [4, 4, 2])).toThrow(InputError)
    expect(() => prepared(source, [], [48])).toThrow(/no pictures/)
  })
})

describe('resize', () => {
  const striped = picture(2, 6, 1, [9, 9, 1, 1, 9, 9, 9, 9, 1, 1, 9, 9])

  test('contain fills, cover cuts, stretch bends', () => {
    expect([...resize(striped, { size: 6, fill: 5 }).data.subarray(6, 24)]).toEqual([...Array(6).fill(5), ...striped.data])
    expect([...resize(striped, { size: 2, mode: 'cover' }).data]).toEqual([1, 1, 1, 1])
    expect(resize(striped, { size: [2, 3], mode: 'stretch' }).data).toHaveLength(6)
  })

  test('the border is that of the scaled picture', () => {
    expect(borderColor(picture(3, 3, 1, [8, 8, 8, 8, 99, 8, 8, 8, 8]))).toEqual([8])
    expect(borderColor(picture(1, 2, 3, [1, 2, 3, 3, 4, 5]))).toEqual([2, 3, 4])
    expect(borderColor(picture(2, 1, 1, [1, 3]))).toEqual([2])
    const framed = resize(picture(1, 2, 1, [100, 51]), { size: 2, fill: 'border' })
    expect(new Set(framed.data.subarray(0, 2))).toEqual(new Set([76]))
  })
})

describe('preparationOf', () => {
  test('accepts valid preparations', () => {
    const steps = [
      { type: 'center-crop', size: 224, shorterSide: 256 },
      { type: 'resize', size: [2, 3], mode: 'cover' },
    ]
    expect(preparationOf(JSON.parse(JSON.stringify(steps)))).toEqual(steps)
  })

  test.each([
    [null, /not a list/],
    [{ type: 'resize', size: 3 }, /not a list/],
    [[null], /no such step/],
    [['resize'], /no such step/],
    [[{ type: 'center-corp', size: 3 }], /Did you mean 'center-crop'/],
    [[{ type: 'toString', size: 3 }], /no such step/],
    [[{ type: 'center-crop', size: 3, shorter_side: 4 }], /Did you mean 'shorterSide'/],
    [[{ type: 'center-crop' }], /lacks the option 'size'/],
    [[{ type: 'center-crop', size: 0 }], /from 1 to 16384/],
    [[{ type: 'center-crop', size: 8, shorterSide: 7 }], /larger than the scaled/],
    [[{ type: 'center-crop', size: 8, shorterSide: 8.5 }], /shorter side cannot be used/],
    [[{ type: 'center-crop', size: 224, shorterSide: 1e9 }], /from 1 to 16384, received 1000000000/],
    [[{ type: 'center-crop', size: [224, 224, 3] }], /size cannot be used/],
    [[{ type: 'resize', size: 1e9 }], /from 1 to 16384/],
    [[{ type: 'resize', size: '9' }], /received "9"/],
    [[{ type: 'resize', size: 8, mode: 'fit' }], /mode cannot be used/],
    [[{ type: 'resize', size: 8, fill: 256 }], /fill cannot be used/],
  ])('refuses %o', (value, message) => {
    expect(() => preparationOf(value)).toThrow(OptionError)
    expect(() => preparationOf(value)).toThrow(message)
  })
})

describe('limits of pictures', () => {
  test('are checked before memory is asked for', () => {
    expect(() => blankPicture(1e6, 1e6, 3)).toThrow(PictureError)
    expect(() => blankPicture(0, 4, 3)).toThrow(/no pixels/)
    expect(() => blankPicture(2.5, 4, 3)).toThrow(/no pixels/)
    expect(() => pictureOf(new Uint8Array(5), 2, 2)).toThrow(/1, 3 or 4 x 2 x 2 values, received 5/)
  })
})

/** Sources that exist in Node. Those of browsers are in the repository's `test/pictures-in-browser.test.ts`. */
import { InputError } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { picture } from '../../test/pictures.ts'
import { PictureError } from '../picture-error.ts'
import type { PictureSource } from './picture-source.ts'
import { readPicture } from './read-picture.ts'

const refused = async (source: unknown, reason: string) => {
  const error = await readPicture(source as PictureSource).then(
    () => expect.fail('should be refused'),
    (thrown) => thrown,
  )
  expect(error).toMatchObject({ name: 'PictureError', reason })
  expect(PictureError.isInstance(error) && InputError.isInstance(error)).toBe(true)
}

describe('readPicture', () => {
  test('bytes are shared; other values are rounded and clamped', async () => {
    const data = new Uint8ClampedArray([1, 2, 3, 4])
    expect((await readPicture({ data, width: 1, height: 1 })).data.buffer).toBe(data.buffer)
    const view = new Uint8Array(12).subarray(4, 7)
    view.set([7, 8, 9])
    expect(await readPicture({ data: view, width: 1, height: 1 })).toEqual(picture(1, 1, 3, [7, 8, 9]))
    expect([...(await readPicture({ data: [0.4, 0.5, 254.6, 300, -3, 1.49], width: 2, height: 1 })).data]).toEqual([
      0, 1, 255, 255, 0, 1,
    ])
    expect([...(await readPicture({ data: Float32Array.of(2.5), width: 1, height: 1 })).data]).toEqual([3])
  })

  test('16 bits become their high byte', async () => {
    expect([...(await readPicture({ data: Uint16Array.of(65_535, 255), width: 2, height: 1 })).data]).toEqual([255, 0])
  })

  test('floats of 16 bits are from 0 to 1, as a canvas of that kind gives them', async () => {
    const data = Object.assign([0, 0.5, 1.2], { [Symbol.toStringTag]: 'Float16Array' })
    expect([...(await readPicture({ data, width: 1, height: 1 })).data]).toEqual([0, 128, 255])
  })

  test('tensors of two or three dimensions', async () => {
    const tensor = (shape: number[], values: number[]) => ({ shape, data: async () => Float32Array.from(values) })
    expect(await readPicture(tensor([1, 2], [3, 4]))).toEqual(picture(1, 2, 1, [3, 4]))
    expect(await readPicture(tensor([2, 1, 3], [1, 2, 3, 4, 5, 6]))).toEqual(picture(2, 1, 3, [1, 2, 3, 4, 5, 6]))
    await refused(tensor([1, 4, 4, 3], Array(48).fill(0)), 'misshapen')
    await refused(tensor([4, 4, 2], Array(32).fill(0)), 'misshapen')
    await refused({ shape: [1, 1], data: () => Promise.reject(new Error('Tensor is disposed.')) }, 'closed')
  })

  test('files by a decoder; without one, and without a canvas, it says so', async () => {
    const file = new Blob([Uint8Array.of(1, 2, 3)])
    const decode = async (blob: Blob) => ({ data: new Uint8Array(await blob.arrayBuffer()), width: 1, height: 1 })
    expect(await readPicture(file, decode)).toEqual(picture(1, 1, 3, [1, 2, 3]))
    await refused(file, 'unsupported')
    class ImageBitmap {
      width = 1
      height = 1
      get [Symbol.toStringTag]() {
        return 'ImageBitmap'
      }
    }
    await refused(new ImageBitmap(), 'unsupported')
  })

  test.each([
    [null, 'no-picture'],
    [undefined, 'no-picture'],
    ['cat.png', 'no-picture'],
    [{}, 'no-picture'],
    [{ data: null, width: 1, height: 1 }, 'no-picture'],
    [new Uint8Array(4), 'no-picture'],
    [{ data: new Uint8Array(5), width: 2, height: 2 }, 'misshapen'],
    [{ data: [Number.NaN], width: 1, height: 1 }, 'misshapen'],
    [{ data: new Uint8Array(0), width: 0, height: 0 }, 'empty'],
    [{ data: new Uint8Array(4), width: '2', height: 2 }, 'empty'],
    [{ data: new Uint8Array(4), width: 1e6, height: 1e6 }, 'too-large'],
  ])('%o is refused: %s', refused)
})

import { OptionError } from '@onebit/core'
import { expect, it } from 'vitest'
import { mirrored } from './mirrored.ts'

it('exchanges left and right in every row of every picture, and keeps channels together', () => {
  const pictures = [1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60, 7, 70, 8, 80, 9, 90, -1, -10, -2, -20, -3, -30]
  const expected = [3, 30, 2, 20, 1, 10, 6, 60, 5, 50, 4, 40, 9, 90, 8, 80, 7, 70, -3, -30, -2, -20, -1, -10]
  expect([...mirrored(pictures, [2, 3, 2])]).toEqual(expected)
  expect([...mirrored(expected, [2, 3, 2])]).toEqual(pictures)
})

it('refuses a part of a picture', () => {
  expect(() => mirrored([1, 2, 3], [1, 2, 1])).toThrow(OptionError)
})

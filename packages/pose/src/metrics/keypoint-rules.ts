/** Rules for lists of keypoints. */
import { rules, type ValueRule } from '@onebit/core'

/** `count` numbers, in a list or a typed array. */
export const coordinates = (count: number): ValueRule =>
  rules.rule(`${count} numbers`, (value) => rules.numbers(value) === undefined && (value as ArrayLike<number>).length === count)

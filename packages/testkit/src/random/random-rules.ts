/** Rules for what generators are called with. Their sizes have limits, so that a wrong one ends in an error and not in all the memory. */
import { rules, type ValueRule } from '@onebit/core'

const { callback, integer, list, object } = rules

/** A `Random`, of any copy of this package. */
export const randomRule: ValueRule = object({ next: callback, integer: callback, pick: callback, chance: callback })
export const builderRule: ValueRule = object({ input: callback, node: callback, output: callback, type: callback })
/** Channels, features, samples. */
export const countRule: ValueRule = integer({ minimum: 1, maximum: 2 ** 16 })
/** Rows and columns of pictures. */
export const sideRule: ValueRule = integer({ minimum: 1, maximum: 1024 })
export const seedRule: ValueRule = rules.number()
export const shapeRule: ValueRule = list(integer({ minimum: 0 }))

/** Argument rules of this package's functions. */
import { rules, tagOf, type ValueRule } from '@onebit/core'
import { normalizationRule } from './normalization.ts'

const { callback, integer, list, object, rule, text } = rules

/** A path. It is not empty, because no file has an empty name. */
export const path: ValueRule = rule('a text that is not empty', (value) => typeof value === 'string' && value !== '')
export const bytes: ValueRule = rule('a Uint8Array', (value) => tagOf(value) === 'Uint8Array')
/** Annotations of any type, by index. */
export const annotations: ValueRule = rule(
  'a list, or a typed array',
  (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value),
)
/** A generator of random numbers: `Random`, from any copy of this package. */
export const random: ValueRule = object({ next: callback, uniform: callback, below: callback })
export const facts: ValueRule = object({ classes: list(text) })
const count = integer({ minimum: 0 })
/** Pictures in memory. */
export const imageSet: ValueRule = object({
  images: bytes,
  annotations,
  count,
  shape: list(integer({ minimum: 1 }), { length: 3 }),
  normalization: normalizationRule,
})
/** Pictures on disk, in classes. */
export const labeledFiles: ValueRule = object({ files: list(text), annotations: rules.numbers, facts }, { root: text })
export const namedBytes: ValueRule = object({ name: text, bytes })
/** A pixel value. */
export const fill: ValueRule = rules.number({ minimum: 0, maximum: 255 })

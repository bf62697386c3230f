/** Argument rules of this package's functions, and of the drawing functions of tasks. */
import { rules, tagOf, type ValueRule } from '@onebit/core'

const { anything, callback, either, integer, list, number, numbers, object, oneOf, optional, record, rule, text } = rules

type Part = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Part => typeof value === 'object' && value !== null
const isNumbers = (value: unknown, length?: number): boolean =>
  Array.isArray(value) && (length === undefined || value.length === length) && Array.from(value).every(Number.isFinite)

export const side: ValueRule = integer({ minimum: 1 })
const BYTES = ['Uint8Array', 'Uint8ClampedArray']

function isPicture(value: unknown, channels: readonly unknown[]): boolean {
  if (!isRecord(value)) return false
  const { data, width, height, channels: given } = value
  if (!BYTES.includes(tagOf(data)) || !channels.includes(given)) return false
  if (side(width) || side(height)) return false
  return (data as Uint8Array).length === (width as number) * (height as number) * (given as number)
}

/** The pixels of a picture, or the bytes of a file. */
export const bytes: ValueRule = rule('a Uint8Array', (value) => BYTES.includes(tagOf(value)))
/** A picture with as many values as its sides and channels need. */
export const picture: ValueRule = rule(
  'a picture { data, width, height, channels } of width x height x channels bytes, one at least',
  (value) => isPicture(value, [1, 3, 4]),
)
export const channels: ValueRule = oneOf([1, 3, 4])
export const opaqueChannels: ValueRule = oneOf([1, 3])
export const extent: ValueRule = object({ width: side, height: side })
/** A rectangle, which may have fractions. */
export const rectangle: ValueRule = object({ top: number(), left: number(), height: number(), width: number() })
const real: ValueRule = rule('a number', (value) => typeof value === 'number')
/** A rectangle that may be infinite or NaN. Such a rectangle is no mistake; it draws nothing. */
export const anyRectangle: ValueRule = object({ top: real, left: real, height: real, width: real })
/** A rectangle of whole pixels. */
export const pixelRectangle: ValueRule = object({ top: integer(), left: integer(), height: side, width: side })
export const affine: ValueRule = rule('an affine map of 6 finite numbers', (value) => isNumbers(value, 6))
/** A point. One that is infinite or NaN is no mistake; it draws nothing. */
export const point: ValueRule = rule(
  '[x, y]',
  (value) => Array.isArray(value) && value.length === 2 && value.every((entry) => typeof entry === 'number'),
)
export const color: ValueRule = rule(
  '[red, green, blue], each 0 to 255',
  (value) => isNumbers(value, 3) && (value as number[]).every((part) => part >= 0 && part <= 255),
)
export const fill: ValueRule = rule('a number, or one for each channel', (value) => Number.isFinite(value) || isNumbers(value))
export const background: ValueRule = either(oneOf(['black', 'white', 'checkerboard']), color)
export const normalization: ValueRule = rule(
  '{ mean, standardDeviation }, each a number or one for each channel',
  (value) =>
    isRecord(value) && [value.mean, value.standardDeviation].every((part) => typeof part === 'number' || Array.isArray(part)),
)
export const floats: ValueRule = rule('a Float32Array', (value) => tagOf(value) === 'Float32Array')
/** `[height, width, channels]` */
export const pictureShape: ValueRule = list(side, { length: 3 })
/** A network that takes pictures. */
export const network: ValueRule = object({
  inputs: list(object({ name: text, shape: list(side) }), { minimum: 1 }),
  outputs: list(object({ name: text, shape: list(side) })),
  metadata: record(anything),
  run: callback,
})
const shapedValues = object({ shape: list(side), data: numbers })
/** Values of a network's outputs for one picture, by name: as many as the shape says. */
export const outputs: ValueRule = record((output) => {
  const fault = shapedValues(output)
  if (fault) return fault
  const { shape, data } = output as { shape: readonly number[]; data: ArrayLike<number> }
  const count = shape.reduce((product, size) => product * size, 1)
  if (data.length === count) return undefined
  return { at: 'data', expected: `${count} values, the product of its shape`, received: `${data.length}` }
})
/** Shapes of a network's outputs for one picture, by name. */
export const outputShapes: ValueRule = record(list(side))
export const placement: ValueRule = object({
  toPicture: affine,
  picture: list(side, { length: 2 }),
  input: list(side, { length: 2 }),
})
/** The rules of `PipelineOptions`, for pipelines with options of their own, too. */
export const pipelineOptions = {
  facts: record(anything),
  normalization,
  preparation: list(anything),
  decode: callback,
}
export const opacity: ValueRule = number({ minimum: 0, maximum: 1 })

/** The rules of `PlaceOptions`, except the fill. */
export const placing = { channels: optional(opaqueChannels), background: optional(background) }

/** Size of a dot of the letters, in whole pixels. */
export const textScale: ValueRule = integer({ minimum: 1, maximum: 256 })

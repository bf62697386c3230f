/** Checks of inputs that may be pictures. */
import {
  checkInputs,
  checkOptions,
  describeValue,
  type GpuInputs,
  type GpuPicture,
  type GraphInput,
  InputError,
  type PictureInput,
  type PixelBytes,
  type RunInputs,
  type RunOptions,
  rules,
  tagOf,
} from '@onebit/core'

/** Height and width of a picture, by the names of its kind. */
function sidesOf(picture: GpuPicture): readonly [height: unknown, width: unknown] {
  const sides = picture as unknown as Readonly<Record<string, unknown>>
  switch (tagOf(picture)) {
    case 'HTMLVideoElement':
      return [sides.videoHeight, sides.videoWidth]
    case 'VideoFrame':
      return [sides.displayHeight, sides.displayWidth]
    default:
      return [sides.height, sides.width]
  }
}

export function isBytes(picture: GpuPicture): picture is PixelBytes {
  return 'data' in picture
}

export function isPictures(given: GpuInputs[string] | undefined): given is readonly PictureInput[] {
  return Array.isArray(given)
}

function checkPicture({ name, shape }: GraphInput, given: PictureInput | undefined, at: number, most: number): void {
  const where = `Picture ${at} of input '${name}'`
  const { picture, plan } = given ?? {}
  if (typeof picture !== 'object' || picture === null || typeof plan !== 'object' || plan === null) {
    throw new InputError({
      what: `${where} needs a picture and a plan.`,
      expected: '{ picture, plan }',
      received: describeValue(given),
    })
  }
  const { height, width, channels, steps } = plan
  const frame = steps?.at(-1)?.frame
  const made = [frame?.height, frame?.width, channels]
  if (shape.length !== 3 || shape.some((side, axis) => side !== made[axis])) {
    const expected = `a plan that ends in [${shape.join(', ')}]`
    throw new InputError({ what: `${where} has a plan for another shape.`, expected, received: `[${made.join(', ')}]` })
  }
  const [high, wide] = sidesOf(picture)
  const bytes = isBytes(picture) ? picture.data?.length : undefined
  if (high !== height || wide !== width || (isBytes(picture) && bytes !== 4 * height * width)) {
    throw new InputError({
      what: `${where} has another size than its plan.`,
      expected: `${height} x ${width} (height x width)`,
      received: `${high} x ${wide}${isBytes(picture) ? ` with ${bytes} bytes` : ''}`,
      fix: 'Give an open picture, bytes as RGBA, and a plan for its size.',
    })
  }
  if (Math.max(height, width) <= most) return
  const received = `${height} x ${width}`
  throw new InputError({ what: `${where} is too large for the GPU.`, expected: `sides of at most ${most}`, received })
}

/**
 * The batch size that the inputs agree on.
 * @param most The longest side of a texture.
 * @throws The errors of `checkInputs`, and InputError on pictures that do not fit.
 */
export function checkGpuInputs(declared: readonly GraphInput[], given: GpuInputs, most: number, options?: RunOptions): number {
  const pictured = declared.filter(({ name }) => isPictures(given?.[name]))
  if (pictured.length === 0) return checkInputs(declared, given as RunInputs, options)
  let batch: number | undefined
  for (const input of pictured) {
    const pictures = given[input.name] as readonly PictureInput[]
    batch ??= pictures.length
    if (pictures.length === 0 || pictures.length !== batch) {
      const expected = pictures.length === 0 ? 'at least one' : `${batch}`
      throw new InputError({
        what: `Input '${input.name}' has the wrong number of pictures.`,
        expected,
        received: `${pictures.length} pictures`,
      })
    }
    for (const [at, picture] of pictures.entries()) checkPicture(input, picture, at, most)
  }
  const others = declared.filter((input) => !pictured.includes(input))
  const names = new Set(pictured.map(({ name }) => name))
  const arrays = Object.fromEntries(Object.entries(given).filter(([name]) => !names.has(name))) as RunInputs
  if (others.length === 0 && Object.keys(arrays).length === 0) {
    checkOptions('run()', options, { validate: rules.boolean })
    return batch!
  }
  const arrayBatch = checkInputs(others, arrays, options)
  if (arrayBatch === batch) return batch
  throw new InputError({ what: 'Pictures and arrays differ in batch size.', expected: `${batch}`, received: `${arrayBatch}` })
}

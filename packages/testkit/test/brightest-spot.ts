/** A minimal task, right or with one error: the position of the brightest spot of a picture. */
import {
  AnnotationError,
  defineHead,
  defineLoss,
  defineTask,
  InputError,
  type MetricSums,
  type PictureData,
  parseMetadata,
  refuseMetadata,
  type Task,
  type TaskRuntime,
} from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import type { TaskSuiteOptions } from '../src/index.ts'

export interface Sabotage {
  readonly hasTwoNames?: boolean
  readonly namesOutputsOtherwise?: boolean
  readonly encodesTooMuch?: boolean
  readonly encodesHidden?: boolean
  readonly encodesAllAlike?: boolean
  readonly acceptsAnything?: boolean
  readonly mirrorsBadly?: boolean
  readonly warpsInPlace?: boolean
  readonly refusesOutside?: boolean
  readonly blendsIntegers?: boolean
  readonly expandsWithNeighbors?: boolean
  readonly leaks?: boolean
  readonly hasNoLosses?: boolean
  readonly cutsGradient?: boolean
  readonly sumsLoss?: boolean
  readonly turnsLoss?: boolean
  readonly monitorsSomething?: boolean
  readonly monitorsMean?: boolean
  readonly decodesElsewhere?: boolean
  readonly ignoresPlacement?: boolean
  readonly isBestOfNothing?: boolean
  readonly measuresNothing?: boolean
  readonly misspellsMetric?: boolean
  readonly cutsTable?: boolean
  readonly forgetsFacts?: boolean
  readonly readsDamaged?: boolean
  readonly takesReserved?: boolean
  readonly completesAnything?: boolean
  readonly assumesSilently?: boolean
  readonly scoresBeyond?: boolean
  readonly ignoresTop?: boolean
  readonly tellsNothing?: boolean
  readonly captionsOtherwise?: boolean
  readonly drawsInPlace?: boolean
  readonly drawsGray?: boolean
  readonly drawsNothing?: boolean
}

/** A position in pixels. */
interface Spot {
  readonly x: number
  readonly y: number
}

type Facts = { readonly units: readonly string[] }

/** New annotations for each call, because a task might change them, although it should not. */
export const suiteOptions = (): Omit<TaskSuiteOptions, 'test'> => ({
  facts: { units: ['pixels'] },
  annotations: [
    { x: 3, y: 2 },
    { x: 9, y: 7 },
    { x: 5, y: 1 },
  ],
  wrong: [{ x: -1, y: 2 }],
  perfect: (annotation) => ({ spot: [(annotation as Spot).x / 12, (annotation as Spot).y / 8] }),
})

const head = defineHead({
  name: 'spot',
  apply: ({ output }) => {
    const pooled = layers.flatten({ name: 'head.flat' }).apply(output)
    return { spot: layers.dense({ name: 'spot', units: 2 }).apply(pooled) as SymbolicTensor }
  },
})

const misnamedHead = defineHead({
  name: 'spot',
  apply: ({ output }) => {
    const pooled = layers.flatten({ name: 'head.flat' }).apply(output)
    return { spot: layers.dense({ name: 'dense', units: 2 }).apply(pooled) as SymbolicTensor }
  },
})

const words = ({ x, y }: Spot): string => `x ${x.toFixed(1)}, y ${y.toFixed(1)}`

function measure(wrong: Sabotage): MetricSums<Spot, Spot> {
  let sum = 0
  let count = 0
  return {
    add(prediction, annotation) {
      if (!wrong.measuresNothing) sum += Math.hypot(prediction.x - annotation.x, prediction.y - annotation.y)
      count++
    },
    values: () => ({
      [wrong.misspellsMetric ? 'distanse' : 'distance']: count > 0 ? sum / count : wrong.isBestOfNothing ? 0 : Number.MAX_VALUE,
    }),
    tables: () => [{ title: 'Per axis', columns: ['axis', 'distance'], rows: [wrong.cutsTable ? ['x'] : ['x', '0']] }],
  }
}

function draw(picture: PictureData, { x, y }: Spot, wrong: Sabotage): PictureData {
  const { width, height, channels } = picture
  if (wrong.drawsInPlace) picture.data[0] ^= 1
  const data = new Uint8Array(width * height * 3)
  for (let index = 0; index < data.length; index++) {
    data[index] = picture.data[Math.floor(index / 3) * channels + (channels === 1 ? 0 : index % 3)]
  }
  if (!wrong.drawsNothing) data.set([255, 0, Math.round(x)], (Math.round(y) * width + Math.round(x)) * 3)
  return wrong.drawsGray
    ? { data: data.subarray(0, width * height), width, height, channels: 1 }
    : { data, width, height, channels: 3 }
}

function runtimeThat(wrong: Sabotage): TaskRuntime<Facts, Spot, Spot> {
  return {
    name: wrong.hasTwoNames ? 'other-spot' : 'spot',
    writeMetadata: ({ units }) => ({ units: JSON.stringify(units), ...(wrong.takesReserved && { dataset: 'mine' }) }),
    readMetadata: ({ units }) => {
      if (units === undefined) return {}
      if (wrong.forgetsFacts) return { units: [] }
      if (wrong.readsDamaged && units === '{') return { units: [] }
      const read = parseMetadata('units', units)
      return Array.isArray(read) ? { units: read } : refuseMetadata('units', 'a list', units)
    },
    complete: ({ units }, outputs) => {
      if (!wrong.completesAnything && outputs.spot?.join() !== '2') throw new InputError({ what: 'This network finds no spot.' })
      if (units) return { facts: { units }, assumptions: [] }
      return { facts: { units: ['pixels'] }, assumptions: wrong.assumesSilently ? [] : ['Units are assumed to be pixels.'] }
    },
    decode: ({ spot: { data } }, _, { toPicture: [a, b, c, d, e, f], input: [height, width] }) => {
      const [x, y] = [data[0] * width + (wrong.decodesElsewhere ? 1 : 0), data[1] * height]
      return wrong.ignoresPlacement ? { x, y } : { x: a * x + b * y + c, y: d * x + e * y + f }
    },
    metrics: () => [
      {
        name: 'distance',
        unit: 'plain',
        better: 'lower',
        description: 'How far the spot is from where it should be, in pixels.',
      },
    ],
    measure: () => measure(wrong),
    describe: (spot, _, top) => {
      const rows = [{ label: 'spot', score: wrong.scoresBeyond ? 2 : 1, detail: words(spot) }, { label: 'nothing else' }]
      return rows.slice(0, wrong.ignoresTop ? undefined : top)
    },
    toJson: ({ x, y }) => ({ x: wrong.tellsNothing ? Number.NaN : x, y }),
    captionOf: words,
    caption: (spot) => (wrong.captionsOtherwise ? 'there' : words(spot)),
    draw: (picture, spot) => draw(picture, spot, wrong),
  }
}

const distance = (wrong: Sabotage) =>
  defineLoss({
    name: 'distance',
    loss: ({ spot: { tensor } }, { spot }) => {
      if (wrong.cutsGradient) return tf.scalar(1)
      const squares = tf.square(tf.sub(tensor, spot))
      const sign = wrong.turnsLoss ? -1 : 1
      return tf.mul(wrong.sumsLoss ? tf.sum(squares) : tf.mean(squares), sign) as tf.Scalar
    },
  })

/** Tensors that are never freed. */
const leaked: tf.Tensor[] = []

export function brightestSpot(wrong: Sabotage = {}): Task {
  const loss = distance(wrong)
  const distances = (tensor: tf.Tensor, spot: tf.Tensor): tf.Tensor => tf.sqrt(tf.sum(tf.square(tf.sub(tensor, spot)), -1))
  return defineTask<Facts, Spot, Spot>({
    name: 'spot',
    head: wrong.namesOutputsOtherwise ? misnamedHead : head,
    headOptions: () => ({}),
    targets: () => ({ spot: { shape: [2], dtype: 'float32' } }),
    encode: ({ x, y }, _, __, [height, width]) => {
      const isOutside = x >= width || y >= height
      if (!wrong.acceptsAnything && (x < 0 || (wrong.refusesOutside && isOutside))) {
        throw new AnnotationError({ what: 'The spot is outside the picture.' })
      }
      const share = wrong.encodesAllAlike ? [0, 0] : [x / width, y / height]
      const spot = Float32Array.from(wrong.encodesTooMuch ? [...share, 0] : share)
      return { spot, ...(wrong.encodesHidden && { hidden: Float32Array.of(1) }) }
    },
    warp: (spot, [a, b, c, d, e, f]) => {
      const moved = { x: a * spot.x + b * spot.y + c, y: d * spot.x + e * spot.y + f }
      if (wrong.warpsInPlace) return Object.assign(spot, moved)
      return wrong.mirrorsBadly && a < 0 ? { ...moved, x: moved.x / 2 } : moved
    },
    expand: ({ spot }) => {
      if (wrong.leaks) leaked.push(tf.keep(tf.scalar(1)))
      if (wrong.blendsIntegers) return { spot: tf.cast(tf.mul(spot, 100), 'int32') }
      return { spot: wrong.expandsWithNeighbors ? tf.sub(spot, tf.mean(spot, 0)) : tf.clone(spot) }
    },
    blends: true,
    losses: [loss],
    defaultLosses: wrong.hasNoLosses ? [] : [loss],
    monitors: {
      [wrong.monitorsSomething ? 'something' : 'distance']: ({ spot: { tensor } }, { spot }) => {
        const all = distances(tensor, spot)
        return wrong.monitorsMean ? tf.mean(tf.add(all, 1)) : tf.sum(all)
      },
    },
    runtime: async () => runtimeThat(wrong),
  })
}

/** Pooling, resizing and reshaping. */
import { elementCount, type Pair } from '@onebit/core'
import { channelsLast, refuse, type StockLayer, windowOf } from './stock-layer.ts'

const pool = (op: 'maxPool' | 'averagePool'): StockLayer => ({
  options: ['poolSize', 'strides', 'padding', 'dataFormat'],
  emit: (context) => {
    const { config, builder, name, inputs } = context
    channelsLast(context)
    const size = config.poolSize as Pair
    return builder.node(op, { name, inputs, attributes: { size, ...windowOf(context, size) } })
  },
})

/** A channels-first layer is a mean over the last two axes, which needs no transposition. */
const globalAveragePooling: StockLayer = {
  options: ['dataFormat'],
  emit: ({ config, builder, name, inputs }) => {
    const axes = config.dataFormat === 'channelsFirst' ? [1, 2] : [0, 1]
    return builder.node('mean', { name, inputs, attributes: { axes } })
  },
}

const flatten: StockLayer = {
  options: ['dataFormat'],
  emit: (context) => {
    const { builder, name, inputs } = context
    channelsLast(context)
    return builder.node('reshape', { name, inputs, attributes: { shape: [elementCount(builder.type(inputs[0]).shape)] } })
  },
}

/** One size of the target may be open: null, or negative. */
const reshape: StockLayer = {
  options: ['targetShape'],
  emit: ({ config, builder, name, inputs }) => {
    const target = config.targetShape as readonly (number | null)[]
    const isKnown = (size: number | null): size is number => size !== null && size >= 0
    const rest = elementCount(builder.type(inputs[0]).shape) / elementCount(target.filter(isKnown))
    const shape = target.map((size) => (isKnown(size) ? size : rest))
    return builder.node('reshape', { name, inputs, attributes: { shape } })
  },
}

const upSampling: StockLayer = {
  options: ['size', 'dataFormat', 'interpolation'],
  emit: (context) => {
    const { config, builder, name, inputs } = context
    channelsLast(context)
    const [height, width] = builder.type(inputs[0]).shape
    const [rows, columns] = config.size as Pair
    const method = config.interpolation as 'nearest' | 'bilinear'
    return builder.node('resize', { name, inputs, attributes: { size: [height * rows, width * columns], method } })
  },
}

const zeroPadding: StockLayer = {
  options: ['padding', 'dataFormat'],
  emit: (context) => {
    const { config, builder, name, inputs } = context
    channelsLast(context)
    const [[top, bottom], [left, right]] = config.padding as readonly [Pair, Pair]
    return builder.node('pad', { name, inputs, attributes: { padding: [top, bottom, left, right] } })
  },
}

const cropping: StockLayer = {
  options: ['cropping', 'dataFormat'],
  emit: (context) => {
    const { config, builder, name, inputs } = context
    channelsLast(context)
    const [height, width, channels] = builder.type(inputs[0]).shape
    const [[top, bottom], [left, right]] = config.cropping as readonly [Pair, Pair]
    const size = [height - top - bottom, width - left - right, channels]
    return builder.node('slice', { name, inputs, attributes: { begin: [top, left, 0], size } })
  },
}

/**
 * TensorFlow.js counts a negative axis from the end when it infers shapes, but treats any negative axis as the last one when it
 * computes. So there is no correct way to freeze it.
 */
const concatenate: StockLayer = {
  options: ['axis'],
  emit: ({ layer, config, builder, name, inputs }) => {
    const rank = builder.type(inputs[0]).shape.length
    const axis = config.axis as number
    if (axis < -1) {
      const fix = `Give the axis counted from the front: ${rank + 1 + axis}.`
      refuse(layer, `TensorFlow.js concatenates along the last axis instead of axis ${axis}.`, fix)
    }
    if (axis === 0) refuse(layer, 'it concatenates batches.', 'Concatenate another axis.')
    return builder.node('concat', { name, inputs, attributes: { axis: axis === -1 ? rank - 1 : axis - 1 } })
  },
}

export const spatialLayers: Readonly<Record<string, StockLayer>> = {
  MaxPooling2D: pool('maxPool'),
  AveragePooling2D: pool('averagePool'),
  GlobalAveragePooling2D: globalAveragePooling,
  Flatten: flatten,
  Reshape: reshape,
  UpSampling2D: upSampling,
  ZeroPadding2D: zeroPadding,
  Cropping2D: cropping,
  Concatenate: concatenate,
}

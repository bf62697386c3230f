/**
 * Flip test: a network sees a picture and its mirror image, and the mean of its heat-maps counts; those of the mirror are mirrored back, and
 * right and left joints change places. It costs a second run.
 *
 * Newell, Yang, Deng (ECCV 2016), arXiv 1603.06937, section 4.1.
 */
import { InputError, type LoadedNetwork, type RunInputs, type RunOutput } from '@onebit/core'
import type { PoseFacts } from './pose-facts.ts'

/** Rows mirrored; `[height, width, channels]`, several pictures one after the other. */
function mirrored(values: ArrayLike<number>, [, width, channels]: readonly number[]): Float32Array {
  const result = new Float32Array(values.length)
  const rows = values.length / (width * channels)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      const [from, to] = [row * width + column, row * width + width - 1 - column]
      for (let channel = 0; channel < channels; channel++) result[to * channels + channel] = values[from * channels + channel]
    }
  }
  return result
}

/** Where a joint of the mirror image comes from. */
function partners({ joints, pairs }: PoseFacts): number[] {
  const order = joints.map((_, joint) => joint)
  for (const [right, left] of pairs) [order[right], order[left]] = [left, right]
  return order
}

/** The mean of heat-maps and of those of the mirror image; other outputs stay as they are. */
function merged(own: RunOutput, other: RunOutput, shape: readonly number[], facts: PoseFacts): Float32Array {
  const back = mirrored(other, shape)
  const order = partners(facts)
  const joints = order.length
  return Float32Array.from(own, (value, index) => {
    const joint = index % joints
    return (value + back[index - joint + order[joint]]) / 2
  })
}

/** The network with a flip test around it; disposing of it disposes of the network. */
export function withFlipTest(network: LoadedNetwork, facts: PoseFacts): LoadedNetwork {
  const [input] = network.inputs
  return {
    ...network,
    // A GPU would see the picture alone.
    gpu: undefined,
    run: async (inputs: RunInputs, options) => {
      const values = inputs[input.name] as ArrayLike<number>
      if (!(ArrayBuffer.isView(values) || Array.isArray(values))) {
        throw new InputError({ what: 'The flip test takes pictures as numbers.', expected: 'an array', received: typeof values })
      }
      const first = await network.run(inputs, options)
      // A backend may use the memory of its outputs again.
      const own = Object.fromEntries(Object.entries(first).map(([name, output]) => [name, output.slice()]))
      const second = await network.run({ [input.name]: mirrored(values, input.shape) }, options)
      const outputs = network.outputs.map(({ name, shape }) => {
        const isHeatmaps = shape.length === 3 && shape[2] === facts.joints.length
        return [name, isHeatmaps ? merged(own[name], second[name], shape, facts) : own[name]]
      })
      return Object.fromEntries(outputs)
    },
  }
}

/**
 * Flip test. A network sees a picture and its mirror image. The mirror's heat-maps are mirrored back, their right and left joints
 * change places, and the mean of both is the result. It costs a second run.
 *
 * Newell, Yang, Deng (ECCV 2016), arXiv 1603.06937, section 4.1.
 */
import { checkArguments, InputError, type LoadedNetwork, type RunInputs, type RunOutput, rules } from '@onebit/core'
import { pictureRules } from '@onebit/image'
import { factsRule, type PoseFacts } from './pose-facts.ts'

/** Mirrors the rows of `[height, width, channels]`, for several pictures one after the other. */
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

/** For each joint, the index of the joint that it becomes in the mirror. */
function partners({ joints, pairs }: PoseFacts): number[] {
  const order = joints.map((_, joint) => joint)
  for (const [right, left] of pairs) [order[right], order[left]] = [left, right]
  return order
}

/** The mean of the heat-maps and those of the mirror image. Other outputs do not change. */
function merged(own: RunOutput, other: RunOutput, shape: readonly number[], facts: PoseFacts): Float32Array {
  const back = mirrored(other, shape)
  const order = partners(facts)
  const joints = order.length
  return Float32Array.from(own, (value, index) => {
    const joint = index % joints
    return (value + back[index - joint + order[joint]]) / 2
  })
}

/**
 * A network that runs the flip test on another. Disposing of it disposes of the inner network.
 * @throws OptionError on a bad argument; InputError if no output is heat-maps of these joints.
 */
export function withFlipTest(network: LoadedNetwork, facts: PoseFacts): LoadedNetwork {
  checkArguments('withFlipTest()', { network: [network, pictureRules.network], facts: [facts, factsRule] })
  const [input] = network.inputs
  const isHeatmaps = (shape: readonly number[]): boolean => shape.length === 3 && shape[2] === facts.joints.length
  if (!network.outputs.some(({ shape }) => isHeatmaps(shape))) {
    throw new InputError({
      what: 'The flip test finds no heat-maps.',
      expected: `an output of [height, width, ${facts.joints.length}]`,
      received: network.outputs.map(({ name, shape }) => `'${name}' of [${shape.join(', ')}]`).join(', '),
    })
  }
  const resultsRule = rules.object(Object.fromEntries(network.outputs.map(({ name }) => [name, rules.numbers])))
  const runPlain: LoadedNetwork['run'] = async (inputs, options) => {
    const results = await network.run(inputs, options)
    checkArguments('withFlipTest()', { 'network.run()': [results, resultsRule] })
    return results
  }
  return {
    ...network,
    // A GPU would see the picture alone.
    gpu: undefined,
    run: async (inputs: RunInputs, options) => {
      checkArguments('run()', { inputs: [inputs, rules.record(rules.anything)] })
      const values = inputs[input.name] as ArrayLike<number>
      if (!(ArrayBuffer.isView(values) || Array.isArray(values))) {
        throw new InputError({ what: 'The flip test takes pictures as numbers.', expected: 'an array', received: typeof values })
      }
      const first = await runPlain(inputs, options)
      // A backend may reuse the memory of its outputs.
      const own = Object.fromEntries(Object.entries(first).map(([name, output]) => [name, output.slice()]))
      const second = await runPlain({ [input.name]: mirrored(values, input.shape) }, options)
      const outputs = network.outputs.map(({ name, shape }) => {
        return [name, isHeatmaps(shape) ? merged(own[name], second[name], shape, facts) : own[name]]
      })
      return Object.fromEntries(outputs)
    },
  }
}

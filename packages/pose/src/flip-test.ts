/**
 * Flip test. A network sees a picture and its mirror image. The mirror's heat-maps are mirrored back, their right and left joints
 * change places, and the mean of both is the result. It costs a second run.
 *
 * Newell, Yang, Deng (ECCV 2016), arXiv 1603.06937, section 4.1.
 */
import { checkArguments, InputError, type LoadedNetwork, type RunInputs, type RunOutput, rules } from '@onebit/core'
import { mirrored, pictureRules } from '@onebit/image'
import { isHeatmaps, mirrorHeatmaps } from './mirror-heatmaps.ts'
import { factsRule, type PoseFacts } from './pose-facts.ts'

const meanOf = (own: RunOutput, other: ArrayLike<number>): Float32Array =>
  Float32Array.from(own, (value, index) => (value + other[index]) / 2)

/**
 * A network that runs the flip test on another. Disposing of it disposes of the inner network.
 * @throws OptionError on a bad argument; InputError if no output is heat-maps of these joints.
 */
export function withFlipTest(network: LoadedNetwork, facts: PoseFacts): LoadedNetwork {
  checkArguments('withFlipTest()', { network: [network, pictureRules.network], facts: [facts, factsRule] })
  const [input] = network.inputs
  if (!network.outputs.some(({ shape }) => isHeatmaps(shape, facts))) {
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
        if (!isHeatmaps(shape, facts)) return [name, own[name]]
        const back = mirrorHeatmaps({ [name]: { shape, data: second[name] } }, facts)
        return [name, meanOf(own[name], back[name].data)]
      })
      return Object.fromEntries(outputs)
    },
  }
}

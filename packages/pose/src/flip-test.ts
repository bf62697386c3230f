/** Flip test of heat-maps: right and left joints of the mirror image change places. */
import { checkArguments, InputError, type LoadedNetwork } from '@onebit/core'
import { pictureRules, withMirrorImage } from '@onebit/image'
import { isHeatmaps } from './mirror-heatmaps.ts'
import { factsRule, type PoseFacts } from './pose-facts.ts'
import { runtime } from './pose-runtime.ts'

/**
 * A network that runs the flip test on another: its heat-maps are the mean of those of a picture and of its mirror image. Other outputs do
 * not change. Disposing of it disposes of the inner network.
 * @throws OptionError on a bad argument; InputError if no output is heat-maps of these joints.
 */
export function withFlipTest(network: LoadedNetwork, facts: PoseFacts): LoadedNetwork {
  checkArguments('withFlipTest()', { network: [network, pictureRules.network], facts: [facts, factsRule] })
  if (network.outputs.some(({ shape }) => isHeatmaps(shape, facts))) return withMirrorImage(network, runtime, facts)
  throw new InputError({
    what: 'The flip test finds no heat-maps.',
    expected: `an output of [height, width, ${facts.joints.length}]`,
    received: network.outputs.map(({ name, shape }) => `'${name}' of [${shape.join(', ')}]`).join(', '),
  })
}

/** Real stand-ins, which replace a quantizer in the stages before binary ones. They have no bits to freeze. */
import { defineQuantizer, FreezeError, type OptionRules, type Quantizer, type QuantizerDefinition } from '@onebit/core'

type StandIn<Rules extends OptionRules> = Pick<QuantizerDefinition<Rules>, 'name' | 'paper' | 'options' | 'forward' | 'gradient'>

/** Stand-ins serve activations and weights; latent weights are not clipped. */
export function defineStandIn<const Rules extends OptionRules = Record<never, never>>(definition: StandIn<Rules>): Quantizer {
  const { name } = definition
  return defineQuantizer<Rules>({
    ...definition,
    package: '@onebit/train',
    for: ['activation', 'weight'],
    thresholds: 'none',
    latentClip: 'none',
    freeze: () => {
      throw new FreezeError({
        what: `'${name}' is real: it has no bits to freeze.`,
        expected: 'a run that went on to a stage with quantizers in its place',
        fix: 'Freeze a run whose last stage quantizes activations and weights, with approx-sign and ste-sign, say.',
      })
    },
  })
}

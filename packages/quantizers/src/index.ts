import type { Quantizer } from '@onebit/core'
import { adabin } from './adabin.ts'
import { approxSign } from './approx-sign.ts'
import { decidingLinearClassifier } from './deciding-linear-classifier.ts'
import { decidingMlpClassifier } from './deciding-mlp-classifier.ts'
import { dorefa } from './dorefa.ts'
import { edeSign } from './ede-sign.ts'
import { learnedScale } from './learned-scale.ts'
import { libra } from './libra.ts'
import { linearClassifier } from './linear-classifier.ts'
import { magnitudeAwareSign } from './magnitude-aware-sign.ts'
import { mlpClassifier } from './mlp-classifier.ts'
import { progressiveSign } from './progressive-sign.ts'
import { rsign } from './rsign.ts'
import { steHeaviside } from './ste-heaviside.ts'
import { steSign } from './ste-sign.ts'
import { steTern } from './ste-tern.ts'
import { stochasticSign } from './stochastic-sign.ts'
import { swishSign } from './swish-sign.ts'
import { tanhSign } from './tanh-sign.ts'
import { temperatureSign } from './temperature-sign.ts'
import { ternaryWeight } from './ternary-weight.ts'
import { xnor } from './xnor.ts'

export { type AdabinOptions, adabin } from './adabin.ts'
export { approxSign } from './approx-sign.ts'
export { type DecidingLinearClassifierOptions, decidingLinearClassifier } from './deciding-linear-classifier.ts'
export { type DecidingMlpClassifierOptions, decidingMlpClassifier } from './deciding-mlp-classifier.ts'
export { type DorefaOptions, dorefa } from './dorefa.ts'
export { type EdeSignOptions, edeSign } from './ede-sign.ts'
export { type LearnedScaleOptions, learnedScale } from './learned-scale.ts'
export { type LibraOptions, libra } from './libra.ts'
export { type LinearClassifierOptions, linearClassifier } from './linear-classifier.ts'
export { type MagnitudeAwareSignOptions, magnitudeAwareSign } from './magnitude-aware-sign.ts'
export { type MlpClassifierOptions, mlpClassifier } from './mlp-classifier.ts'
export { type ProgressiveSignOptions, progressiveSign } from './progressive-sign.ts'
export { type RsignOptions, rsign } from './rsign.ts'
export { sign } from './sign.ts'
export { type ScoreBounds, type SignIntervals, signIntervals } from './sign-intervals.ts'
export { type SteHeavisideOptions, steHeaviside } from './ste-heaviside.ts'
export { type SteSignOptions, steSign } from './ste-sign.ts'
export { type SteTernOptions, steTern } from './ste-tern.ts'
export { type StochasticSignOptions, stochasticSign } from './stochastic-sign.ts'
export { type SwishSignOptions, swishSign } from './swish-sign.ts'
export { type TanhSignOptions, tanhSign } from './tanh-sign.ts'
export { type TemperatureSignOptions, temperatureSign } from './temperature-sign.ts'
export { type TernaryWeightOptions, ternaryWeight } from './ternary-weight.ts'
export { type XnorOptions, xnor } from './xnor.ts'

/** Every quantizer of this package, for `createRegistry`. */
const quantizers: readonly Quantizer[] = [
  steSign,
  approxSign,
  swishSign,
  tanhSign,
  stochasticSign,
  rsign,
  edeSign,
  progressiveSign,
  temperatureSign,
  magnitudeAwareSign,
  xnor,
  learnedScale,
  libra,
  adabin,
  steHeaviside,
  steTern,
  ternaryWeight,
  dorefa,
  linearClassifier,
  mlpClassifier,
  decidingLinearClassifier,
  decidingMlpClassifier,
]
export default quantizers

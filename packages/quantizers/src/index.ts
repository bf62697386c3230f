import type { Quantizer } from '@onebit/core'
import { approxSign } from './approx-sign.ts'
import { magnitudeAwareSign } from './magnitude-aware-sign.ts'
import { steSign } from './ste-sign.ts'

export { approxSign } from './approx-sign.ts'
export { type MagnitudeAwareSignOptions, magnitudeAwareSign } from './magnitude-aware-sign.ts'
export { sign } from './sign.ts'
export { type SteSignOptions, steSign } from './ste-sign.ts'

/** Every quantizer of this package, for `createRegistry`. */
const quantizers: readonly Quantizer[] = [steSign, approxSign, magnitudeAwareSign]
export default quantizers

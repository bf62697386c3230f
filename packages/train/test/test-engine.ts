/** The engine that the tests of training run on: `ONEBIT_TEST_ENGINE`, or else wasm. `npm test` runs them once more on `node`. */
import type { EngineName } from '@onebit/train'

export const TEST_ENGINE = (process.env.ONEBIT_TEST_ENGINE ?? 'wasm') as EngineName

/** The engine for the tests of training: `ONEBIT_TEST_ENGINE`, or else wasm. `npm test` repeats them on `node`. */
import type { EngineName } from '@onebit/train'

export const TEST_ENGINE = (process.env.ONEBIT_TEST_ENGINE ?? 'wasm') as EngineName

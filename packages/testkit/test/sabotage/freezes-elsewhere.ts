/** Trains with a threshold at 0, and freezes a threshold at 0.1. */
import { defineQuantizer } from '@onebit/core'
import { rightSign } from './right-sign.ts'

export default defineQuantizer({
  ...rightSign,
  name: 'freezes-elsewhere',
  freeze: () => ({ thresholds: [[0.1]], first: [-1] }),
})
export const message = /decides as its forward does.*: Frozen, it gives -1 for 0\.\d+ in channel/

/** Thresholds out of order. */
import { defineQuantizer } from '@onebit/core'
import { rightSign } from './right-sign.ts'

export default defineQuantizer({
  ...rightSign,
  name: 'unsorted-thresholds',
  thresholds: 'several',
  freeze: () => ({ thresholds: [[1, 0]], first: [-1] }),
})
export const message = /It does not freeze\. Received an exception: .*a list of thresholds is not sorted/

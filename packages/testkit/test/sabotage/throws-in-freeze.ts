/** Has no frozen form. */
import { defineQuantizer } from '@onebit/core'
import { rightSign } from './right-sign.ts'

export default defineQuantizer({
  ...rightSign,
  name: 'throws-in-freeze',
  freeze: () => {
    throw new Error('not done yet')
  },
})
export const message = /It does not freeze\. Received an exception: not done yet/

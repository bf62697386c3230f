/** An option whose default breaks its own rule. */
import { defineQuantizer } from '@onebit/core'
import { rightSign } from './right-sign.ts'

export default defineQuantizer({ ...rightSign, name: 'bad-default', options: { clip: { default: -1, min: 0 } } })
export const message = /A default breaks its own rule\. .*Expected a number of at least 0, received -1/

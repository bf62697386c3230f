import { defineConfig } from 'tsup'
import { packageOptions } from '../../tsup.base.ts'

const entries = { index: 'src/index.ts', random: 'src/random/index.ts' }

export default defineConfig(packageOptions(entries, entries))

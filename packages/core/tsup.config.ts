import { defineConfig } from 'tsup'
import { packageOptions } from '../../tsup.base.ts'

const entries = { index: 'src/index.ts', compile: 'src/compile/index.ts', metrics: 'src/metrics/index.ts' }

export default defineConfig(packageOptions(entries, entries))

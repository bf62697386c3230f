import { defineConfig } from 'tsup'
import { packageOptions } from '../../tsup.base.ts'

export default defineConfig(packageOptions({ main: 'src/main.ts', index: 'src/index.ts' }))

import { defineConfig } from 'tsup'
import { packageOptions } from '../../tsup.base.ts'

const exported = { index: 'src/index.ts', deployment: 'src/deployment.ts' }

export default defineConfig(packageOptions(exported, exported))

import { defineConfig } from 'tsup'
import { packageOptions } from '../../tsup.base.ts'

const exported = { index: 'src/index.ts', node: 'src/node.ts' }

export default defineConfig(packageOptions(exported, exported))

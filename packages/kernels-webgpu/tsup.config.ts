import { defineConfig } from 'tsup'
import { packageOptions } from '../../tsup.base.ts'

const entries = { index: 'src/index.ts', node: 'src/node.ts' }

export default defineConfig({ ...packageOptions(entries, entries), external: ['webgpu'] })

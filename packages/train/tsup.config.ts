import { defineConfig } from 'tsup'
import { packageOptions } from '../../tsup.base.ts'

const entries = { index: 'src/index.ts', browser: 'src/browser.ts' }

export default defineConfig(packageOptions({ ...entries, 'training-thread': 'src/parallel/training-thread.ts' }, entries))

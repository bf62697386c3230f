import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', 'decode-worker': 'src/images/decode-worker.ts' },
  format: 'esm',
  target: 'es2022',
  dts: { entry: 'src/index.ts' },
  clean: true,
  sourcemap: true,
})

/**
 * How every package is built: `tsup` bundles the code, and `tsup --dts-only`, which takes far longer, the declarations of its
 * entry point. Running needs the first alone; publishing needs both.
 */
import type { Options } from 'tsup'

const declarations = process.argv.includes('--dts-only')

export function packageOptions(entry: Record<string, string> = { index: 'src/index.ts' }): Options {
  return {
    entry: declarations ? { index: 'src/index.ts' } : entry,
    dts: declarations ? { only: true } : false,
    clean: !declarations,
    format: 'esm',
    target: 'es2022',
    sourcemap: true,
  }
}

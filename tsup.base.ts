/**
 * How every package is built: `tsup` bundles the code, and `tsup --dts-only`, which takes far longer, the declarations of what it
 * exports. Running needs the first alone; publishing needs both.
 */
import type { Options } from 'tsup'

const declarations = process.argv.includes('--dts-only')

const main = { index: 'src/index.ts' }

/**
 * @param files Every file of its own in `dist`, by name.
 * @param exported Those of them that `exports` in package.json lists.
 */
export function packageOptions(files: Record<string, string> = main, exported: Record<string, string> = main): Options {
  return {
    entry: declarations ? exported : files,
    dts: declarations ? { only: true } : false,
    clean: !declarations,
    format: 'esm',
    target: 'es2022',
    sourcemap: true,
  }
}

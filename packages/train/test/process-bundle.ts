/**
 * Bundles sources of this folder to scripts that plain Node runs. TensorFlow.js and the WebAssembly modules stay outside the
 * bundle.
 */
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const packageRoot = fileURLToPath(new URL('..', import.meta.url))
const kernels = fileURLToPath(new URL('../../tfjs-wasm-training/', import.meta.url))

async function bundle(entry: string, outfile: string, external: string[]): Promise<void> {
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@onebit/source'],
    external: ['@tensorflow/*', 'cli-progress', 'echarts', ...external],
    nodePaths: [join(packageRoot, 'node_modules')],
    outfile,
    logLevel: 'error',
  })
}

/**
 * @param name Name of a source in this folder, without its extension.
 * @returns the path of the script.
 */
export async function bundleProcess(folder: string, name = 'train-process'): Promise<string> {
  const modules = join(folder, 'node_modules')
  const training = join(modules, '@onebit/tfjs-wasm-training')
  await mkdir(join(training, 'dist'), { recursive: true })
  for (const name of await readdir(join(packageRoot, 'node_modules'))) {
    if (!name.startsWith('.') && name !== '@onebit') await symlink(join(packageRoot, 'node_modules', name), join(modules, name))
  }
  await cp(join(kernels, 'wasm'), join(training, 'wasm'), { recursive: true })
  await bundle(join(kernels, 'src/index.ts'), join(training, 'dist/index.js'), [])
  const manifest = { name: '@onebit/tfjs-wasm-training', type: 'module', exports: './dist/index.js' }
  await writeFile(join(training, 'package.json'), JSON.stringify(manifest))
  const script = join(folder, `${name}.mjs`)
  await bundle(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), script, ['@onebit/tfjs-wasm-training'])
  return script
}

/**
 * Adds the files that a bundled script needs to train on threads: the thread's script, `plugins.js` with the quantizers, and
 * `strangers.js`.
 */
export async function bundleThreads(folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  const thread = join(packageRoot, 'src/parallel/training-thread.ts')
  await bundle(thread, join(folder, 'training-thread.js'), ['@onebit/tfjs-wasm-training'])
  for (const name of ['plugins', 'strangers']) {
    await bundle(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), join(folder, `${name}.js`), [])
  }
}

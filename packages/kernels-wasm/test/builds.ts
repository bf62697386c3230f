/** The builds of the kernels that run here, each with a memory of its own. */
import { readFile } from 'node:fs/promises'
import { type Instance, instantiate } from '../src/loading/kernels.ts'
import { hasRelaxedSimd } from '../src/loading/support.ts'

/** @param bytes How large each memory is. */
export async function instantiateBuilds(bytes: number): Promise<ReadonlyMap<string, Instance>> {
  const builds = hasRelaxedSimd() ? ['kernels', 'kernels-relaxed'] : ['kernels']
  const instances = builds.map(async (build) => {
    const module = await WebAssembly.compile(await readFile(new URL(`../wasm/${build}.wasm`, import.meta.url)))
    return [build, await instantiate(module, bytes)] as const
  })
  return new Map(await Promise.all(instances))
}

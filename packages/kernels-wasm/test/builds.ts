/** The builds of the kernels that run here, each with its own memory, and their ways of counting. */
import { readFile } from 'node:fs/promises'
import type { Tiles } from '../src/loading/choose-tile.ts'
import { type Instance, instantiate } from '../src/loading/kernels.ts'
import { hasRelaxedSimd } from '../src/loading/support.ts'

/** Tiles of the table kernel, or none for popcount. */
export const TILES: Readonly<Record<string, Tiles>> = {
  'tiles of 64': ['4', '2', '1'],
  'ordered tiles of 64': ['4Ordered', '2', '1'],
  'tiles of 32': ['2', '1'],
  popcount: [],
}

/** @param bytes Size of each memory. */
export async function instantiateBuilds(bytes: number): Promise<ReadonlyMap<string, Instance>> {
  const builds = hasRelaxedSimd() ? ['kernels', 'kernels-relaxed'] : ['kernels']
  const instances = builds.map(async (build) => {
    const module = await WebAssembly.compile(await readFile(new URL(`../wasm/${build}.wasm`, import.meta.url)))
    return [build, await instantiate(module, bytes)] as const
  })
  return new Map(await Promise.all(instances))
}

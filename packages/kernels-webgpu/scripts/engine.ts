/** The engine of a result, for its file. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** The version of the installed package `webgpu`, and with it of Dawn. */
export function webgpuVersion(): string {
  const manifest = createRequire(import.meta.url).resolve('webgpu/package.json')
  return JSON.parse(readFileSync(manifest, 'utf8')).version
}

/**
 * Declarations that check wherever the package is used, after `tsup --dts-only` in a package's folder.
 *
 * - TypeScript before 5.7 has no `Uint8Array<ArrayBuffer>`: the parameter of typed arrays is left out.
 * - Types of TensorFlow.js are ignored where it is not installed, as in a page that only runs networks: there they are `any`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const PARAMETER =
  /\b((?:Uint8|Uint8Clamped|Int8|Uint16|Int16|Uint32|Int32|Float32|Float64)Array)<(?:ArrayBufferLike|ArrayBuffer|SharedArrayBuffer)>/g
const OPTIONAL = /^(?=(?:import|export) .* from '@tensorflow\/)/gm

for (const name of readdirSync('dist').filter((file) => file.endsWith('.d.ts'))) {
  const text = readFileSync(`dist/${name}`, 'utf8')
  const portable = text.replace(PARAMETER, '$1').replace(OPTIONAL, '// @ts-ignore: TensorFlow.js need not be installed\n')
  if (portable !== text) writeFileSync(`dist/${name}`, portable)
}

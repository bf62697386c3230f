/**
 * Makes a package's declarations check in any project. It runs in the package's folder after `tsup --dts-only`.
 *
 * - TypeScript before 5.7 has no `Uint8Array<ArrayBuffer>`: the parameter of typed arrays is removed.
 * - Types of TensorFlow.js become `any` if it is not installed, as in a page that only runs networks.
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

/**
 * The largest error of the elementary functions over all 2^32 float32, in units in the last place, against the host's float64 `Math`:
 * `node packages/kernels-wasm/scripts/measure-errors.mjs [function]`, a minute or two for each.
 */
import { readFile } from 'node:fs/promises'

const sigmoid = (x) => 1 / (1 + Math.exp(-x))
const EXACT = {
  exponential: Math.exp,
  sigmoid,
  swish: (x) => x * sigmoid(x),
  hyperbolicTangent: Math.tanh,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  softsign: (x) => x / (1 + Math.abs(x)),
  hardSwish: (x) => x * (Math.min(Math.max(x + 3, 0), 6) / 6),
}

/** Smaller results may be 0. */
const LEAST = 2 ** -121
const LARGEST = 2 ** 128 - 2 ** 104

const CHUNK = 2 ** 20
const INPUT = 65536
const OUTPUT = INPUT + 4 * CHUNK

const memory = new WebAssembly.Memory({ initial: 2 + (8 * CHUNK) / 65536 })
const bytes = await readFile(new URL('../wasm/kernels.wasm', import.meta.url))
const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } })
const kernels = instance.exports
kernels.writeConstants()

const bits = new Uint32Array(memory.buffer, INPUT, CHUNK)
const inputs = new Float32Array(memory.buffer, INPUT, CHUNK)
const outputs = new Float32Array(memory.buffer, OUTPUT, CHUNK)
const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)

/** A unit in the last place of the float32 near `value`. */
function unit(value) {
  double[0] = value
  words[1] = (words[1] & 0x7ff00000) - (23 << 20)
  words[0] = 0
  return double[0]
}

function largestError(name, exact) {
  let largest = 0
  let at = 0
  for (let first = 0; first < 2 ** 32; first += CHUNK) {
    for (let i = 0; i < CHUNK; i++) bits[i] = first + i
    kernels[name](INPUT, OUTPUT, CHUNK)
    for (let i = 0; i < CHUNK; i++) {
      const value = exact(inputs[i])
      const magnitude = Math.abs(value)
      if (!(magnitude >= LEAST && magnitude <= LARGEST)) continue
      const error = Math.abs(outputs[i] - value)
      if (error <= largest * unit(magnitude)) continue
      largest = error / unit(magnitude)
      at = inputs[i]
    }
  }
  return `${name}: ${largest.toFixed(3)} at ${at}`
}

const wanted = process.argv.slice(2)
for (const [name, exact] of Object.entries(EXACT)) {
  if (wanted.length === 0 || wanted.includes(name)) console.info(largestError(name, exact))
}

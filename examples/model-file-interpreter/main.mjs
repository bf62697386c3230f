/** Prints the content of a model file, and its outputs for inputs of zeros: node main.mjs MODEL.safetensors */
import { readFileSync } from 'node:fs'
import { readModel, run } from './interpreter.mjs'

const [path] = process.argv.slice(2)
if (path === undefined) throw new Error('Name a model file: node main.mjs MODEL.safetensors')

const model = readModel(readFileSync(path))
for (const { name, op, inputs, type, shape } of model.nodes) {
  console.log(`${name}: ${op}(${inputs.map((input) => input.name).join(', ')}) gives ${type} [${shape.join(', ')}]`)
}

/** Zeros, which are +1 as bits. */
function zeros({ type, shape }) {
  const count = shape.reduce((product, size) => product * size, 1)
  return type === 'bit' ? new Int8Array(count).fill(1) : new Float32Array(count)
}

const inputs = Object.fromEntries(model.inputs.map((input) => [input.name, zeros(input)]))
for (const [name, values] of Object.entries(run(model, inputs, 1))) {
  console.log(`${name}: ${values.slice(0, 10).join(' ')}${values.length > 10 ? ' ...' : ''}`)
}

import { readContainer } from './read/container.mjs'
import { readGraph } from './read/graph.mjs'
import { defaultLimits, elements, spend } from './read/limits.mjs'

/**
 * Reads a model file. A violation of the format is an Error that begins with the name of the field; an exceeded limit is a
 * LimitError.
 * @param {Uint8Array} bytes
 */
export function readModel(bytes, limits = {}) {
  const allLimits = { ...defaultLimits, ...limits }
  spend(allLimits, 'fileBytes', bytes.length)
  const { graphText, stored } = readContainer(bytes)
  return readGraph(graphText, stored, allLimits)
}

/**
 * Runs a model on a batch. Returns its outputs by name, one sample after another: Float32Array, Int32Array, or Int8Array of -1
 * and +1.
 * @param inputs by name, in the same form: Float32Array, or Int8Array of -1 and +1 for bits
 */
export function run(model, inputs, batch) {
  checkInputs(model, inputs, batch)
  const results = Object.fromEntries(model.outputs.map(({ name, value }) => [name, newData(value, batch)]))
  // No op mixes samples, so they run one after another.
  for (let sample = 0; sample < batch; sample++) runSample(model, inputs, sample, results)
  return results
}

function checkInputs(model, inputs, batch) {
  if (!Number.isInteger(batch) || batch < 1) throw new Error('batch: must be a positive integer')
  for (const { name, type, shape } of model.inputs) {
    const values = inputs[name]
    if (values?.length !== batch * elements(shape)) throw new Error(`${name}: must have ${batch * elements(shape)} values`)
    if (type === 'bit' && values.some((bit) => bit !== 1 && bit !== -1)) throw new Error(`${name}: must hold -1 and +1`)
  }
}

function runSample(model, inputs, sample, results) {
  const values = new Map()
  for (const { name, shape } of model.inputs) values.set(name, sampleOf(inputs[name], elements(shape), sample))
  for (const node of model.nodes) values.set(node.name, runNode(node, values))
  for (const { name, value } of model.outputs) results[name].set(values.get(value.name), sample * elements(value.shape))
}

function sampleOf(data, size, sample) {
  return data.subarray(sample * size, (sample + 1) * size)
}

/** Computes a node. The operation receives its inputs as `{ type, shape, data }` of one sample. */
function runNode(node, values) {
  const inputs = node.inputs.map((input) => ({ ...input, data: values.get(input.name) }))
  const data = newData(node, 1)
  node.operation.compute({ ...node, inputs, data })
  return data
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, bit: Int8Array }

function newData({ type, shape }, batch) {
  return new ARRAYS[type](batch * elements(shape))
}

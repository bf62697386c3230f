import { checkElements, checkShape, elements } from './limits.mjs'
import { refuse } from './refuse.mjs'
import { checkObject } from './shapes-of-json.mjs'

/** Converts the stored bytes to numbers: `{ type, shape, data }` by name. `bits` has the shapes that storage does not state. */
export function readTensors(stored, bits) {
  for (const [name, shape] of checkObject(bits, 'graph.bits')) checkStatedShape(shape, stored.get(name), `graph.bits.${name}`)
  return new Map([...stored].map(([name, tensor]) => [name, readTensor(name, tensor, bits.get(name))]))
}

function checkStatedShape(shape, tensor, field) {
  if (tensor?.dtype !== 'U8') refuse(field, 'is not a tensor of bits of the file')
  checkShape(shape, field)
  if (tensor.shape.length !== 1) refuse(field, 'the stored shape must have one axis')
  if (tensor.shape[0] !== Math.ceil(elements(shape) / 8)) refuse(field, 'does not fit the stored shape')
}

function readTensor(name, tensor, statedShape) {
  checkElements(tensor.shape, name)
  if (tensor.dtype === 'F32') return { type: 'float32', shape: tensor.shape, data: readFloats(tensor.bytes, name) }
  // Without a stated shape, the last axis counts bytes of eight bits.
  const shape = statedShape ?? checkShape([...tensor.shape.slice(0, -1), tensor.shape.at(-1) * 8], `${name}.shape`)
  checkElements(shape, name)
  return { type: 'bit', shape, data: readBits(tensor.bytes, elements(shape), name) }
}

/** The bytes may start at any offset, not only at multiples of four, so floats are read one at a time. */
function readFloats(bytes, name) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const floats = Float32Array.from({ length: bytes.length / 4 }, (_, index) => view.getFloat32(index * 4, true))
  if (floats.some(Number.isNaN)) refuse(name, 'holds NaN')
  return floats
}

/** A 1 bit is +1, a 0 bit is -1; the lowest bit of a byte comes first. */
function readBits(bytes, count, name) {
  const bitAt = (index) => (bytes[index >> 3] >> (index & 7)) & 1
  for (let index = count; index < bytes.length * 8; index++) if (bitAt(index)) refuse(name, 'has unused bits that are not 0')
  return Int8Array.from({ length: count }, (_, index) => (bitAt(index) ? 1 : -1))
}

/** Checks the numbers of a tensor for its role. A tensor with a second role beside thresholds is checked for both. */
export function checkRole(role, name, tensor) {
  if (tensor.type !== 'float32') return
  if (role === 'thresholds') checkSorted(name, tensor)
  else if (!tensor.data.every(Number.isFinite)) refuse(name, 'holds an infinity')
}

/** Each row of thresholds ascends; neighbors may be equal. */
function checkSorted(name, { shape, data }) {
  const length = shape.at(-1) ?? 1
  for (let index = 1; index < data.length; index++) {
    if (index % length !== 0 && data[index] < data[index - 1]) refuse(name, 'has a row that descends')
  }
}

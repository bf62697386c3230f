/**
 * Turns a float model into one of 8 bits that onnxruntime fuses completely. Activations are uint8 per tensor, weights symmetric int8 per
 * output channel, biases int32. Pairs of QuantizeLinear and DequantizeLinear stand around the float operators. It knows the operators of
 * the rival networks: `Conv`, `Gemm`, `Relu`, `Clip`, `Add`, pools and `Flatten`.
 */
import type { OnnxModel, OnnxNode, OnnxTensor } from '@onebit/onnx'

export interface Range {
  readonly minimum: number
  readonly maximum: number
}

/** Smallest and largest value under each name over the samples. The range always includes zero. */
export async function activationRanges(samples: AsyncIterable<Record<string, Float32Array>>): Promise<Map<string, Range>> {
  const ranges = new Map<string, Range>()
  for await (const sample of samples) {
    for (const [name, values] of Object.entries(sample)) {
      let { minimum, maximum } = ranges.get(name) ?? { minimum: 0, maximum: 0 }
      for (const value of values) {
        minimum = Math.min(minimum, value)
        maximum = Math.max(maximum, value)
      }
      ranges.set(name, { minimum, maximum })
    }
  }
  return ranges
}

/** Real value = scale * (stored value - zero point). */
interface Quantization {
  readonly scale: number
  readonly zeroPoint: number
}

/** Operators that only choose or move values, so their results have the quantization of their input. */
const KEEPS_QUANTIZATION = ['MaxPool', 'Flatten']
const ACTIVATIONS = ['Relu', 'Clip']

function quantizationOf({ minimum, maximum }: Range): Quantization {
  const scale = (maximum - minimum) / 255
  return { scale, zeroPoint: Math.round(-minimum / scale) }
}

/**
 * Weights take 7 of the 8 bits. Processors without VNNI, such as those with AVX2 only, sum two products in 16 bits. With more bits the
 * sums would saturate and answers be wrong. onnxruntime gives this advice for such processors. Times are the same.
 */
const LARGEST_WEIGHT = 63

/** Visits each weight with its output channel, which is axis `axis` of the shape. */
function eachWeight(
  { shape, data }: OnnxTensor,
  axis: number,
  visit: (value: number, index: number, channel: number) => void,
): void {
  const values = data as Float32Array
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1)
  for (let index = 0; index < values.length; index++) visit(values[index], index, Math.floor(index / inner) % shape[axis])
}

class Quantizer {
  readonly nodes: OnnxNode[] = []
  readonly constants = new Map<string, OnnxTensor>()
  readonly #model: OnnxModel
  readonly #ranges: ReadonlyMap<string, Range>
  readonly #quantizations = new Map<string, Quantization>()

  constructor(model: OnnxModel, ranges: ReadonlyMap<string, Range>) {
    this.#model = model
    this.#ranges = ranges
  }

  run(): OnnxModel {
    const { inputs, outputs, nodes } = this.#model
    for (const { name } of inputs) this.#quantize(name, quantizationOf(this.#ranges.get(name)!))
    for (const node of nodes) this.#node(node)
    return { inputs, outputs, nodes: this.nodes, constants: this.constants }
  }

  #node(node: OnnxNode): void {
    const { op, inputs, outputs } = node
    const [activation, ...constants] = inputs
    if (op === 'Conv' || op === 'Gemm') {
      const [weights, bias] = constants
      const stored = [this.#weights(weights, op === 'Conv' ? 0 : 1), this.#bias(bias, weights, activation)]
      this.nodes.push({ ...node, inputs: [this.#stored(activation), ...stored] })
    } else {
      for (const name of constants) this.#copyConstant(name)
      this.nodes.push({ ...node, inputs: inputs.map((name) => this.#stored(name)) })
    }
    const [result] = outputs
    const behind = this.#model.nodes.filter((other) => other.inputs.includes(result))
    // A value before an activation is never stored, and the scores leave the model as floats.
    if (behind.some(({ op: next }) => ACTIVATIONS.includes(next)) || behind.every(({ op: next }) => next === 'Identity')) return
    const kept = KEEPS_QUANTIZATION.includes(op) ? this.#quantizations.get(activation) : undefined
    this.#quantize(result, kept ?? quantizationOf(this.#ranges.get(result)!))
  }

  /** The name of a value for later operators. */
  #stored(name: string): string {
    return this.#quantizations.has(name) ? `${name}:stored` : name
  }

  #quantize(name: string, quantization: Quantization): void {
    const { scale, zeroPoint } = quantization
    this.#quantizations.set(name, quantization)
    this.constants.set(`${name}:scale`, { shape: [], data: Float32Array.of(scale) })
    this.constants.set(`${name}:zero`, { shape: [], data: Uint8Array.of(zeroPoint) })
    const parameters = [`${name}:scale`, `${name}:zero`]
    this.nodes.push({ op: 'QuantizeLinear', inputs: [name, ...parameters], outputs: [`${name}:uint8`], attributes: {} })
    this.#dequantize(`${name}:uint8`, parameters, this.#stored(name))
  }

  #dequantize(name: string, parameters: readonly string[], result: string, axis?: number): void {
    const attributes: OnnxNode['attributes'] = axis === undefined ? {} : { axis: { int: axis } }
    this.nodes.push({ op: 'DequantizeLinear', inputs: [name, ...parameters], outputs: [result], attributes })
  }

  #weights(name: string, axis: number): string {
    const tensor = this.#model.constants.get(name)!
    const scales = new Float32Array(tensor.shape[axis])
    eachWeight(tensor, axis, (value, _, channel) => {
      scales[channel] = Math.max(scales[channel], Math.abs(value) / LARGEST_WEIGHT)
    })
    const data = new Int8Array(tensor.data.length)
    eachWeight(tensor, axis, (value, index, channel) => {
      data[index] = Math.round(value / scales[channel])
    })
    this.constants.set(`${name}:int8`, { shape: tensor.shape, data })
    this.constants.set(`${name}:scale`, { shape: [scales.length], data: scales })
    this.constants.set(`${name}:zero`, { shape: [scales.length], data: new Int8Array(scales.length) })
    this.#dequantize(`${name}:int8`, [`${name}:scale`, `${name}:zero`], `${name}:stored`, axis)
    return `${name}:stored`
  }

  /** The unit of a sum, and so of a bias, is the product of both scales. */
  #bias(name: string, weights: string, activation: string): string {
    const { scale } = this.#quantizations.get(activation)!
    const values = this.#model.constants.get(name)!.data as Float32Array
    const scales = (this.constants.get(`${weights}:scale`)!.data as Float32Array).map((each) => each * scale)
    const data = Int32Array.from(values, (value, channel) => Math.round(value / scales[channel]))
    this.constants.set(`${name}:int32`, { shape: [data.length], data })
    this.constants.set(`${name}:scale`, { shape: [data.length], data: scales })
    this.constants.set(`${name}:zero`, { shape: [data.length], data: new Int32Array(data.length) })
    this.#dequantize(`${name}:int32`, [`${name}:scale`, `${name}:zero`], `${name}:stored`, 0)
    return `${name}:stored`
  }

  #copyConstant(name: string): void {
    const constant = this.#model.constants.get(name)
    if (constant) this.constants.set(name, constant)
  }
}

/** @param ranges Ranges of all values, from `activationRanges`. */
export function quantizeOnnx(model: OnnxModel, ranges: ReadonlyMap<string, Range>): OnnxModel {
  return new Quantizer(model, ranges).run()
}

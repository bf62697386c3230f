/**
 * Flip ratio: the share of binary weights whose sign changed since the last measurement. It shows whether a network still learns.
 */
import { checkArgument, rules, tagOf } from '@onebit/core'
import type { QuantizedLayer } from '@onebit/layers'
import type { Values } from '../model/weight-values.ts'

const layer = rules.rule('a quantized layer', (value) => typeof value === 'object' && value !== null && 'latentWeights' in value)
const layersRule = rules.either(
  rules.list(layer),
  rules.rule(
    'a Map of quantized layers',
    (value) => tagOf(value) === 'Map' && [...(value as Map<string, unknown>).values()].every((one) => !layer(one)),
  ),
)

export class FlipRatio {
  readonly #layers: ReadonlyMap<string, QuantizedLayer>
  #signs = new Map<string, Uint8Array>()

  /**
   * @param layers The layers. They go by their own names, or by the keys of the map. @throws OptionError on a value that is not a
   *   quantized layer.
   */
  constructor(layers: readonly QuantizedLayer[] | ReadonlyMap<string, QuantizedLayer>) {
    checkArgument('FlipRatio', 'layers', layers, layersRule)
    const named = Array.isArray(layers) ? layers.map((layer) => [layer.name, layer] as const) : [...layers]
    this.#layers = new Map((named as [string, QuantizedLayer][]).filter(([, layer]) => layer.latentWeights))
  }

  /** The ratio per layer since the last call, 0 to 1. The first call only records the signs and returns no ratios. */
  async update(): Promise<Record<string, number>> {
    const ratios: Record<string, number> = {}
    for (const [name, layer] of this.#layers) {
      const signs = Uint8Array.from(await layer.latentWeights!.data(), (weight) => (weight >= 0 ? 1 : 0))
      const before = this.#signs.get(name)
      if (before) ratios[name] = signs.reduce((flips, sign, i) => flips + (sign === before[i] ? 0 : 1), 0) / signs.length
      this.#signs.set(name, signs)
    }
    return ratios
  }

  /** The signs at the last measurement, as 0 and 1. Checkpoints keep them. */
  get signs(): ReadonlyMap<string, Values> {
    return new Map(Array.from(this.#signs, ([name, signs]) => [name, { shape: [signs.length], data: Float32Array.from(signs) }]))
  }

  set signs(signs: ReadonlyMap<string, Values>) {
    this.#signs = new Map(Array.from(signs, ([name, { data }]) => [name, Uint8Array.from(data)]))
  }
}

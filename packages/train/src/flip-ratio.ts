/** Flip ratio: the share of binary weights whose sign changed since the last look. It shows whether a network still learns. */
import type { QuantizedLayer } from '@onebit/layers'

export class FlipRatio {
  readonly #layers: readonly QuantizedLayer[]
  readonly #signs = new Map<string, Uint8Array>()

  constructor(layers: readonly QuantizedLayer[]) {
    this.#layers = layers.filter((layer) => layer.latentWeights)
    this.update()
  }

  /** The ratio per layer since the last call (or since construction), 0 to 1. */
  update(): Record<string, number> {
    const ratios: Record<string, number> = {}
    for (const layer of this.#layers) {
      const signs = Uint8Array.from(layer.latentWeights!.dataSync(), (weight) => (weight >= 0 ? 1 : 0))
      const before = this.#signs.get(layer.name)
      if (before) ratios[layer.name] = signs.reduce((flips, sign, i) => flips + (sign === before[i] ? 0 : 1), 0) / signs.length
      this.#signs.set(layer.name, signs)
    }
    return ratios
  }
}

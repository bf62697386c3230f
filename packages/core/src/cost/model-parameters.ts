/** What a network stores while it trains, by kind, for conventions that count more than the frozen graph keeps. */
export interface ModelParameters {
  /** Weights of 1 bit. */
  readonly binary: number
  /** Output channels of the layers that have them. */
  readonly binaryChannels: number
  /** Sum of the distinct numbers of output channels of quantized layers, those left real among them: 64 + 128 + 256 + 512 of a ResNet. */
  readonly distinctWidths: number
  /** Channels that a BatchNorm normalizes, summed over all BatchNorms. */
  readonly normalizationChannels: number
  /** Numbers in BatchNorms: scale, shift, mean and variance, as far as each has them. */
  readonly normalization: number
  /** All other real numbers: kernels, biases, slopes, scales. */
  readonly real: number
}

/** How a convention stores the parameters of a trained network. */
export interface StoredParameters {
  readonly parameters: number
  readonly memoryBits: number
  /** Bits were each parameter real. */
  readonly floatMemoryBits: number
}

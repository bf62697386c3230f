/** Numbers that a network stores in training, by kind, for conventions that count more than the frozen graph keeps. */
export interface ModelParameters {
  /** Weights of 1 bit. */
  readonly binary: number
  /** Output channels of the layers with 1-bit weights. */
  readonly binaryChannels: number
  /** Sum of the distinct widths (output channels) of quantized layers, real ones included: 64 + 128 + 256 + 512 for a ResNet. */
  readonly distinctWidths: number
  /** Channels of all BatchNorms. */
  readonly normalizationChannels: number
  /** Numbers in BatchNorms: scale, shift, mean and variance, if present. */
  readonly normalization: number
  /** All other real numbers: kernels, biases, slopes, scales. */
  readonly real: number
}

/** Parameters of a trained network and their memory, by a convention. */
export interface StoredParameters {
  readonly parameters: number
  readonly memoryBits: number
  /** Bits, if each parameter were real. */
  readonly floatMemoryBits: number
}

/** The kernels' names and their WebAssembly instance. */

export const KERNEL_NAMES = [
  'absolute',
  'add',
  'addGathered',
  'affine',
  'affineAccumulators',
  'averagePool',
  'bitsToFloat',
  'buildPairMap',
  'buildPanel',
  'clear',
  'clip',
  'convertAccumulators',
  'copyPanel',
  'copyRows',
  'depthwiseConv',
  'exponential',
  'fill',
  'floatConv',
  'gatherBitRows',
  'gatherRuns',
  'hardSigmoid',
  'hardSwish',
  'hyperbolicTangent',
  'maxPool',
  'maxPoolBits',
  'meanMiddle',
  'meanScattered',
  'multiply',
  'multiplyGathered',
  'packCounts',
  'popcountCounts',
  'popcountSums',
  'prelu',
  'relu',
  'repackBits',
  'resizeBilinear',
  'resizeNearest',
  'sigmoid',
  'softmax',
  'softplus',
  'softsign',
  'storeAccumulators',
  'storeFloats',
  'swish',
  'tableGemm1',
  'tableGemm2',
  'tableGemm4',
  'tableMapGemm1',
  'tableMapGemm2',
  'tableMapGemm4',
  'threshold',
  'thresholdAccumulators',
  'thresholdOnce',
  'writeConstants',
  'writeTables',
] as const
export type KernelName = (typeof KERNEL_NAMES)[number]

/** Every kernel takes numbers (addresses, sizes, constants) and works on the memory it was instantiated with. */
export type Kernels = Readonly<Record<KernelName, (...args: number[]) => void>>

const PAGE = 65536

export interface Instance {
  readonly memory: WebAssembly.Memory
  readonly kernels: Kernels
}

/** The kernels on a memory whose lookup tables are, or will be, written. */
export async function linkKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Kernels> {
  const { exp, log1p, tanh } = Math
  const { exports } = await WebAssembly.instantiate(module, { env: { memory }, math: { exp, log1p, tanh } })
  return exports as unknown as Kernels
}

/**
 * An instance with at least `bytes` of memory of its own, its lookup tables written.
 * @param shared Whether threads can share the memory, for which the module must have been built.
 */
export async function instantiate(module: WebAssembly.Module, bytes: number, shared = false): Promise<Instance> {
  const pages = Math.ceil(bytes / PAGE)
  const memory = new WebAssembly.Memory(shared ? { initial: pages, maximum: pages, shared } : { initial: pages })
  const kernels = await linkKernels(module, memory)
  kernels.writeTables()
  kernels.writeConstants()
  return { memory, kernels }
}

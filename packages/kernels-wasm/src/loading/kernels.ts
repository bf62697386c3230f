/** The kernels' names and their WebAssembly instance. */
import { BackendUnsupportedError, LimitError } from '@onebit/core'
import { linkKernels } from './link-kernels.ts'

export const KERNEL_NAMES = [
  'absolute',
  'add',
  'addGathered',
  'addToRows',
  'affine',
  'affineAccumulators',
  'averagePool',
  'bitsToFloat',
  'buildPairMap',
  'buildPanel',
  'chooseScaling',
  'clear',
  'clip',
  'convertAccumulators',
  'copyPanel',
  'copyRows',
  'depthwiseConv',
  'depthwiseCounts',
  'exponential',
  'fill',
  'floatConv',
  'gatherBitRows',
  'gatherRuns',
  'hardSigmoid',
  'hardSwish',
  'hyperbolicTangent',
  'integerConv16',
  'maxPool',
  'maxPoolBits',
  'meanOfColumns',
  'meanOfRows',
  'multiply',
  'multiplyGathered',
  'multiplyRows',
  'packCountPairs',
  'packCounts',
  'popcountCounts',
  'popcountSums',
  'prelu',
  'preluUpToOne',
  'quantizeRows16',
  'relu',
  'repackBits',
  'resizeBilinear',
  'resizeBilinearAtOnce',
  'resizeNearest',
  'rprelu',
  'scaleFactors',
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
  'tableGemm4Ordered',
  'tableMapGemm1',
  'tableMapGemm2',
  'tableMapGemm4',
  'tableMapGemm4Ordered',
  'threshold',
  'thresholdAccumulators',
  'thresholdOnce',
  'thresholdPairs',
  'writeConstants',
  'writeTables',
] as const

/** Kernels that only relaxed builds have. */
export const RELAXED_KERNEL_NAMES = ['integerConv8', 'quantizeRows8'] as const

export type KernelName = (typeof KERNEL_NAMES | typeof RELAXED_KERNEL_NAMES)[number]

/** True if a module has the kernels of relaxed builds. */
export function isRelaxed(module: WebAssembly.Module): boolean {
  const names = new Set(WebAssembly.Module.exports(module).map(({ name }) => name))
  return RELAXED_KERNEL_NAMES.every((name) => names.has(name))
}

/** Every kernel takes numbers (addresses, sizes, constants) and works on the memory of its instance. */
export type Kernels = Readonly<Record<KernelName, (...args: number[]) => void>>

/** The version in assembly/interface-version.ts. */
const INTERFACE_VERSION = 4

const PAGE = 65536

export interface Instance {
  readonly memory: WebAssembly.Memory
  readonly kernels: Kernels
}

function checkVersion({ INTERFACE_VERSION: version }: { INTERFACE_VERSION?: WebAssembly.Global }): void {
  if (version?.value === INTERFACE_VERSION) return
  throw new BackendUnsupportedError({
    what: 'The WebAssembly kernels are of another release of @onebit/kernels-wasm than the code.',
    expected: `interface version ${INTERFACE_VERSION}`,
    received: version ? `${version.value}` : 'none',
    fix: 'Serve, or pass to wasm({ module }), the file from the `wasm` folder of the installed package.',
  })
}

/** A 32-bit module cannot address more pages. */
const MOST_PAGES = 65536

/** @throws LimitError if a module cannot address the memory or the engine does not give it. */
function allocate(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE)
  try {
    if (pages <= MOST_PAGES)
      return new WebAssembly.Memory(shared ? { initial: pages, maximum: pages, shared } : { initial: pages })
  } catch (error) {
    throw noMemory(bytes, (error as Error).message, error)
  }
  throw noMemory(bytes, 'more than the 4 GiB that WebAssembly addresses')
}

function noMemory(bytes: number, received: string, cause?: unknown): LimitError {
  return new LimitError(
    {
      limit: 'memory',
      what: `The network needs ${bytes.toLocaleString('en-US')} bytes of memory, which there are not.`,
      received,
      fix: 'Use a smaller input, close other programs, or run it on the reference backend.',
    },
    { cause },
  )
}

/**
 * An instance with at least `bytes` of its own memory, in which it has written its lookup tables.
 * @param shared True for memory that threads share. The module must have been built for it.
 * @throws BackendUnsupportedError if the module is of another release; LimitError if there is not enough memory.
 */
export async function instantiate(module: WebAssembly.Module, bytes: number, shared = false): Promise<Instance> {
  const memory = allocate(bytes, shared)
  const kernels = (await linkKernels(module, memory)) as Kernels
  checkVersion(kernels as object)
  kernels.writeTables()
  kernels.writeConstants()
  return { memory, kernels }
}

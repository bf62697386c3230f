import { WasmModuleError } from './errors.ts'

/** The exports of wasm/kernels.wasm; assembly/ documents them. Pointers and sizes are in bytes. */
export interface KernelExports {
  setImages(images: number, rows: number, columns: number, channels: number): void
  setOutputs(rows: number, columns: number, channels: number): void
  setWindow(
    rows: number,
    columns: number,
    rowStride: number,
    columnStride: number,
    rowDilation: number,
    columnDilation: number,
    top: number,
    left: number,
  ): void
  convolutionFilterGradientScratch(): number
  convolutionFilterGradient(x: number, dy: number, dw: number, scratch: number): void
  convolutionInputGradientScratch(): number
  convolutionInputGradient(dy: number, filter: number, dx: number, scratch: number): void
  depthwiseGradientScratch(): number
  depthwiseFilterGradient(x: number, dy: number, dw: number, scratch: number): void
  depthwiseInputGradient(dy: number, filter: number, dx: number, scratch: number): void
  poolGradientScratch(): number
  maxPoolGradient(x: number, dy: number, dx: number, scratch: number): void
  averagePoolGradient(dy: number, dx: number, scratch: number): void
  sumsScratch(inner: number): number
  sums(x: number, outer: number, reduced: number, inner: number, factor: number, out: number, scratch: number): void
  momentsScratch(columns: number): number
  moments(x: number, rows: number, columns: number, mean: number, variance: number, scratch: number): void
  batchNormalizationScratch(columns: number): number
  batchNormalization(
    x: number,
    rows: number,
    columns: number,
    mean: number,
    variance: number,
    scale: number,
    offset: number,
    epsilon: number,
    y: number,
    scratch: number,
  ): void
  batchNormalizationGradientScratch(columns: number): number
  batchNormalizationGradient(
    x: number,
    dy: number,
    rows: number,
    columns: number,
    mean: number,
    variance: number,
    scale: number,
    epsilon: number,
    dMean: number,
    dVariance: number,
    gradients: number,
    products: number,
    count: number,
    dx: number,
    scratch: number,
  ): void
  normalizationSumsScratch(columns: number): number
  normalizationSums(
    x: number,
    dy: number,
    rows: number,
    columns: number,
    mean: number,
    gradients: number,
    products: number,
    scratch: number,
  ): void
  splat(source: number, target: number): void
  compare(operation: number, a: number, aStep: number, b: number, bStep: number, out: number, size: number): void
  minimum(a: number, aStep: number, b: number, bStep: number, out: number, size: number): void
  maximum(a: number, aStep: number, b: number, bStep: number, out: number, size: number): void
  select(condition: number, a: number, b: number, out: number, size: number): void
  sign(x: number, out: number, size: number): void
  segmentSum(x: number, ids: number, rows: number, columns: number, out: number, segments: number): void
  tileBlocks(source: number, outer: number, bytes: number, repetitions: number, target: number): void
  copyRows(source: number, sourceRow: number, target: number, targetRow: number, bytes: number, rows: number): void
  adamStep(
    weights: number,
    gradient: number,
    first: number,
    second: number,
    newWeights: number,
    newFirst: number,
    newSecond: number,
    size: number,
    rate: number,
    share1: number,
    share2: number,
    epsilon: number,
    correction1: number,
    correction2: number,
  ): void
}

/**
 * Reads the bytes of the compiled kernels: from the file system under Node, by fetch elsewhere.
 * `shared` selects the build that imports a shared memory. Throws `WasmModuleError`.
 */
export async function readModule(shared: boolean): Promise<BufferSource> {
  // Two literal expressions, because bundlers recognize only those.
  const url = shared
    ? new URL('../wasm/kernels-shared-memory.wasm', import.meta.url)
    : new URL('../wasm/kernels.wasm', import.meta.url)
  try {
    if (url.protocol === 'file:') {
      return globalThis.process.getBuiltinModule('node:fs').readFileSync(url)
    }
    const response = await fetch(url)
    if (!response.ok) throw new Error(`The server answered ${response.status} ${response.statusText}.`)
    return await response.arrayBuffer()
  } catch (cause) {
    const fix = 'Serve the file next to the package, or pass its bytes as the option `wasm`.'
    throw new WasmModuleError({ what: `The kernels at ${url.href} could not be read.`, fix }, { cause })
  }
}

/** Instantiates the kernels on a memory. Throws `WasmModuleError`, also if the memory is of the wrong kind. */
export async function instantiate(bytes: BufferSource, memory: WebAssembly.Memory): Promise<KernelExports> {
  try {
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } })
    return instance.exports as unknown as KernelExports
  } catch (cause) {
    throw new WasmModuleError(
      {
        what: 'The kernels could not be instantiated.',
        received: String(cause),
        fix: 'They need WebAssembly SIMD: Node 20.19, Chrome 91, Firefox 89, Safari 16.4 or later.',
      },
      { cause },
    )
  }
}

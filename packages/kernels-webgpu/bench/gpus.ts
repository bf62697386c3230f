/** GPUs by their data sheets. */

export interface Gpu {
  readonly name: string
  /** Bandwidth of its memory in bytes per second. */
  readonly bandwidth: number
  /** Operations per second, of 32 bits each. Absent if the vendor publishes no rate. */
  readonly rates?: {
    readonly popcounts: number
    /** Exclusive ors and sums. */
    readonly integers: number
    /** Float32 products and sums. Each counts as one. */
    readonly floats: number
  }
  /** Names of the data sheets, and their figures. */
  readonly source: string
}

/** Rates of an NVIDIA GPU: multiprocessors x operations per cycle x clock, as in the table of the CUDA C++ Programming Guide. */
function nvidia(multiprocessors: number, hertz: number): Gpu['rates'] {
  const cycles = multiprocessors * hertz
  return { popcounts: 16 * cycles, integers: 64 * cycles, floats: 128 * cycles }
}

export const GPUS: readonly Gpu[] = [
  {
    name: 'H200 SXM',
    bandwidth: 4.8e12,
    // 67 TFLOPS with 132 x 128 units that multiply and add need 1.98 GHz.
    rates: nvidia(132, 1.98e9),
    source:
      'NVIDIA H200 data sheet: 4.8 TB/s, 67 TFLOPS of float32; H100 architecture white paper: 132 multiprocessors; CUDA C++ Programming Guide, throughput of arithmetic instructions, compute capability 9.0',
  },
  {
    name: 'RTX 4090',
    bandwidth: 1.008e12,
    rates: nvidia(128, 2.52e9),
    source:
      'NVIDIA Ada architecture white paper: 1,008 GB/s, 128 multiprocessors, 2.52 GHz; CUDA C++ Programming Guide, the same table, compute capability 8.9',
  },
  { name: 'Arc A770', bandwidth: 560e9, source: 'Intel Arc A770 specifications: 560 GB/s with 16 GB' },
  { name: 'Apple M2', bandwidth: 100e9, source: 'Apple, announcement of the M2, June 2022: 100 GB/s, shared with the processor' },
  {
    name: 'Adreno 740',
    bandwidth: 67.2e9,
    source: 'Qualcomm Snapdragon 8 Gen 2 product brief: LPDDR5X at 4,200 MHz, 64 bits wide, which is 67.2 GB/s, shared',
  },
]

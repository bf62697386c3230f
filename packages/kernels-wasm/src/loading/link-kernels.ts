/** The kernels' imports. They are apart from kernels.ts, so that a worker's script needs nothing else. */

type Exports = Readonly<Record<string, (...args: number[]) => void>>

/** The kernels on a memory. Its lookup tables must be written before a kernel runs. */
export async function linkKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Exports> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
  return exports as unknown as Exports
}

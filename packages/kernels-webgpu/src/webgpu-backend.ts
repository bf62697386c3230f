/** The backend: compiles graphs to kernels in WGSL. */
import {
  checkOptions,
  describeValue,
  type Graph,
  type KernelBackend,
  rules,
  type TypedGraph,
  typeGraph,
  type ValueRule,
  type ValueRules,
  type Web,
} from '@onebit/core'
import { Devices } from './device/devices.ts'
import { WebgpuExecutable } from './run/webgpu-executable.ts'
import type { WebgpuNetwork } from './run/webgpu-network.ts'

export interface WebgpuOptions {
  /** Where adapters come from. Default: `navigator.gpu`. */
  readonly gpu?: Web<'GPU'>
  /** A device of yours, to share values with what else runs on it. Default: one of the backend's own. */
  readonly device?: Web<'GPUDevice'>
  /** Which adapter to prefer, where there are several. */
  readonly powerPreference?: 'low-power' | 'high-performance'
  /**
   * 'guarded' keeps compilers from fusing products with sums, so that results are the reference's bits. 'plain' lets them, which makes real
   * convolutions faster. Default: 'guarded', but on SwiftShader, which fuses nothing, 'plain'. See docs/decisions/0010-exactness-on-webgpu.md.
   */
  readonly arithmetic?: 'guarded' | 'plain'
  /**
   * How tiles of binary layers are chosen: by a 'trial' on the device, once, in a fraction of a second, or by a 'rule'. Default: 'trial', but on
   * software adapters 'rule'.
   */
  readonly tiles?: 'trial' | 'rule'
  /**
   * The arithmetic of real convolutions that read a graph input. 'int8' takes 7 bits of the input, by the range of each sample, and 8 of the
   * weights; the results are those of kernels-wasm with `stem: 'int8'`. Default: 'float32'.
   */
  readonly stem?: 'float32' | 'int8'
  /**
   * How weights of other real layers are stored. 'float16' takes half the memory and rounds each weight by 2^-11 of its magnitude at most, below
   * 2^-14 by 2^-15. Default: 'float32'.
   */
  readonly weights?: 'float32' | 'float16'
  /** Use the device's subgroups, where it has them (default). The results are the same. */
  readonly subgroups?: boolean
  /** Use the device's float16 to read such weights, where it has it (default). The results are the same. */
  readonly shaderF16?: boolean
  /** Use dot products of packed bytes in a stem of int8, where WGSL has them (default). The results are the same. */
  readonly packedDots?: boolean
}

export interface WebgpuBackend extends KernelBackend {
  /**
   * @throws BackendUnsupportedError where `isSupported` says no; GraphError on an invalid graph; LimitError where the device cannot hold it;
   * DeviceError where it refuses a kernel.
   */
  compile(graph: Graph | TypedGraph): Promise<WebgpuNetwork>
}

/** An object with a method, as WebGPU's are, of any realm and any implementation. */
function withMethod(what: string, method: string): ValueRule {
  return (value) =>
    typeof (value as Record<string, unknown> | null | undefined)?.[method] === 'function'
      ? undefined
      : { at: '', expected: what, received: describeValue(value) }
}

const OPTIONS: ValueRules<keyof WebgpuOptions> = {
  gpu: withMethod('a GPU, such as navigator.gpu', 'requestAdapter'),
  device: withMethod('a GPUDevice', 'createBuffer'),
  powerPreference: rules.oneOf(['low-power', 'high-performance']),
  arithmetic: rules.oneOf(['guarded', 'plain']),
  tiles: rules.oneOf(['trial', 'rule']),
  stem: rules.oneOf(['float32', 'int8']),
  weights: rules.oneOf(['float32', 'float16']),
  subgroups: rules.boolean,
  shaderF16: rules.boolean,
  packedDots: rules.boolean,
}

/**
 * XNOR/popcount kernels on a GPU. All networks of a backend share its device and its compiled kernels.
 * @throws OptionError on an option that is unknown or wrong.
 */
export function webgpu(given?: WebgpuOptions): WebgpuBackend {
  const { arithmetic, tiles, stem, weights, subgroups, shaderF16, packedDots, ...where } = checkOptions(
    'webgpu()',
    given,
    OPTIONS,
  )
  const devices = new Devices(where)
  const extensions = { subgroups, float16: shaderF16, 'packed-dots': packedDots }
  return {
    name: 'kernels-webgpu',
    isSupported: async () => {
      const support = await devices.support()
      if (!support.supported) return support
      const { name: device, isSoftware } = support.facts
      return { supported: true, device, isSoftware }
    },
    compile: async (graph) =>
      WebgpuExecutable.create(typeGraph(graph), devices, { arithmetic, tiles, stem, weights, extensions }),
  }
}

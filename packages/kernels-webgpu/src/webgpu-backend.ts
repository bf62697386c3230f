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
  /** The source of adapters. Default: `navigator.gpu`. */
  readonly gpu?: Web<'GPU'>
  /** Your own device, for example to share values with a renderer. Default: the backend creates a device. */
  readonly device?: Web<'GPUDevice'>
  /** The preferred adapter, if there are several. */
  readonly powerPreference?: 'low-power' | 'high-performance'
  /**
   * 'guarded' keeps compilers from fusing products with sums, so results equal the reference bit for bit. 'plain' lets them,
   * which makes real convolutions faster. Default: 'guarded', but 'plain' on SwiftShader, which fuses nothing. See
   * docs/decisions/0010-exactness-on-webgpu.md.
   */
  readonly arithmetic?: 'guarded' | 'plain'
  /**
   * The choice of tiles for binary layers: by a 'trial' on the device, once, in a fraction of a second, or by a 'rule'. Default:
   * 'trial', but 'rule' on software adapters.
   */
  readonly tiles?: 'trial' | 'rule'
  /**
   * The arithmetic of real convolutions that read a graph input. 'int8' takes 7 bits of the input, by the range of each sample,
   * and 8 of the weights. Its results equal those of kernels-wasm with `stem: 'int8'`. Default: 'float32'.
   */
  readonly stem?: 'float32' | 'int8'
  /**
   * The storage of the weights of other real layers. 'float16' takes half the memory and rounds each weight by at most 2^-11 of
   * its magnitude, or 2^-15 below 2^-14. Default: 'float32'.
   */
  readonly weights?: 'float32' | 'float16'
  /** Use the device's subgroups, if it has them (default). The results are the same. */
  readonly subgroups?: boolean
  /** Read weights of float16 with the device's `shader-f16`, if it has it (default). The results are the same. */
  readonly shaderF16?: boolean
  /** Use dot products of packed bytes in a stem of int8, if WGSL has them (default). The results are the same. */
  readonly packedDots?: boolean
}

export interface WebgpuBackend extends KernelBackend {
  /**
   * @throws BackendUnsupportedError if `isSupported` says no; GraphError on an invalid graph; LimitError if the device cannot
   * hold it; DeviceError if the device refuses a kernel.
   */
  compile(graph: Graph | TypedGraph): Promise<WebgpuNetwork>
}

/** A rule for WebGPU's objects, of any realm and any implementation: they have this method. */
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

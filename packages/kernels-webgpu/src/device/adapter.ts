/** Describes an adapter: hardware, or a renderer on the processor. */

export interface AdapterFacts {
  /** Its name from the driver. */
  readonly name: string
  /** True if it computes on the processor. Such an adapter is slow, but shows that results are right. */
  readonly isSoftware: boolean
  /** True if its compilers may fuse a product with the next sum. */
  readonly fusesProducts: boolean
}

/** Names that drivers give to renderers on the processor. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|warp|basic render/i

/** SwiftShader simplifies operations with constants but fuses nothing. Tests compare it with the reference bit for bit. */
const FUSES_NOTHING = /swiftshader/i

/** Browsers may omit all names for privacy. Older browsers have `isFallbackAdapter` on the adapter itself. */
interface Described {
  readonly info: Partial<GPUAdapterInfo>
  readonly isFallbackAdapter?: boolean
}

export function describeAdapter(adapter: Described): AdapterFacts {
  const { vendor, architecture, device, description, isFallbackAdapter = adapter.isFallbackAdapter } = adapter.info
  const words = [vendor, architecture, device, description].join(' ')
  return {
    name: description || [vendor, architecture || device].filter(Boolean).join(' ') || 'an adapter without a name',
    isSoftware: isFallbackAdapter === true || SOFTWARE.test(words),
    fusesProducts: !FUSES_NOTHING.test(words),
  }
}

/** What an adapter is: hardware, or a renderer on the processor. */

export interface AdapterFacts {
  /** As its driver names it. */
  readonly name: string
  /** Whether it computes on the processor, which shows that results are right, slowly. */
  readonly isSoftware: boolean
  /** Whether its compilers may fuse a product with the sum behind it. */
  readonly fusesProducts: boolean
}

/** Renderers on the processor, as their drivers name them. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|warp|basic render/i

/** SwiftShader simplifies what meets constants, but fuses nothing; tests compare it with the reference bit for bit. */
const FUSES_NOTHING = /swiftshader/i

/** Browsers may leave out all names, to tell pages less. Older ones say `isFallbackAdapter` of the adapter itself. */
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

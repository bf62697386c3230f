/** Extensions of WGSL that a device and its compilers have. */
import type { Extension } from '../shaders/piece.ts'

/** Features of devices, by extension. */
const FEATURES = { subgroups: 'subgroups', float16: 'shader-f16' } as const
/** A feature of the language. The engine states it, not the device. */
const PACKED_DOTS = 'packed_4x8_integer_dot_product'

/** The source of adapters. It states the features of the language. */
export function gpuOf(gpu: GPU | undefined): GPU | undefined {
  return gpu ?? (globalThis.navigator as { readonly gpu?: GPU } | undefined)?.gpu
}

export function extensionsOf({ features }: Pick<GPUDevice, 'features'>, gpu: GPU | undefined): Set<Extension> {
  const found = new Set<Extension>()
  for (const [extension, feature] of Object.entries(FEATURES)) if (features.has(feature)) found.add(extension as Extension)
  if (gpuOf(gpu)?.wgslLanguageFeatures?.has(PACKED_DOTS)) found.add('packed-dots')
  return found
}

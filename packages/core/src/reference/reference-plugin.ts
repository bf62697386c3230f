import { defineBackend } from '../contracts/kernel-backend.ts'
import { reference } from './reference-backend.ts'

/** The reference backend as a plugin, for registries. */
export const referenceBackend = /* @__PURE__ */ defineBackend({
  name: 'reference',
  package: '@onebit/core',
  create: () => reference,
})

import { defineBackend } from '../contracts/kernel-backend.ts'
import { reference } from './reference-backend.ts'

/** The reference backend by its name, for registries. */
export const referenceBackend = /* @__PURE__ */ defineBackend({
  name: 'reference',
  package: '@onebit/core',
  create: () => reference,
})

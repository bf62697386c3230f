/** Programs with names of techniques, right and wrong. `tsc` checks them, and refuses an expected error that does not occur. */
import '@onebit/blocks'
import '@onebit/quantizers'
import { classifier } from '@onebit/classify'
import type { Registry } from '@onebit/core'
import { composeModel } from '@onebit/layers'
import '@onebit/networks'
import '@onebit/segment'
import { steSign } from '@onebit/quantizers'

declare const registry: Registry

const shape = { classes: 10, input: [28, 28, 1] } as const

// Names, records of a name and options, plugins and plugins with options are all references.
classifier(registry, { ...shape, network: 'resnet-small', block: 'bi-real', activation: 'approx-sign', weight: steSign })
classifier(registry, {
  ...shape,
  network: { name: 'resnet18', width: 32, outputStride: 8 },
  block: { name: 'real-to-binary', scale: 'none' },
  activation: { plugin: steSign, options: {} },
  weight: { name: 'magnitude-aware-sign', scale: 'per-tensor' },
})
composeModel(registry, {
  task: 'segment',
  facts: { classes: ['ground', 'shoe'] },
  head: { name: 'segmentation', stride: 2, feature: 'stage2' },
  network: { name: 'resnet-small', stages: 2 },
  block: 'react',
  input: [56, 56, 1],
})

// @ts-expect-error a quantizer's name is misspelled
classifier(registry, { ...shape, network: 'resnet-small', block: 'bi-real', activation: 'aprox-sign' })

// @ts-expect-error a block's name is misspelled
classifier(registry, { ...shape, network: 'resnet-small', block: 'bireal' })

// @ts-expect-error a network's name is misspelled
classifier(registry, { ...shape, network: 'resnet19', block: 'bi-real' })

// @ts-expect-error an option's name is misspelled
classifier(registry, { ...shape, network: { name: 'resnet-small', widht: 32 }, block: 'bi-real' })

// @ts-expect-error an option's value is of another type
classifier(registry, { ...shape, network: { name: 'resnet-small', width: '32' }, block: 'bi-real' })

// @ts-expect-error the option is that of another technique
classifier(registry, { ...shape, network: 'resnet-small', block: { name: 'bi-real', form: 'mobilenet' } })

// @ts-expect-error a quantizer stands where a block belongs
classifier(registry, { ...shape, network: 'resnet-small', block: 'approx-sign' })

// @ts-expect-error a quantizer stands where a block belongs, as an object
classifier(registry, { ...shape, network: 'resnet-small', block: steSign })

// @ts-expect-error there is no such task
composeModel(registry, { input: [28, 28, 1], task: 'segmentation', facts: {}, network: 'resnet-small', block: 'bi-real' })

composeModel(registry, {
  input: [28, 28, 1],
  task: 'segment',
  facts: {},
  // @ts-expect-error there is no such option of the head
  head: { name: 'segmentation', strides: 2 },
  network: 'resnet-small',
  block: 'bi-real',
})

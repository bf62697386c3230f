/** `fashion-mnist`: 28x28 gray pictures of clothes. A part ships with this package. */
import { FASHION_MNIST_CLASSES, fashionMnist } from '../fashion-mnist.ts'
import { defineDataset } from './dataset-plugin.ts'
import { inMemory } from './in-memory.ts'

export const fashionMnistDataset = defineDataset({
  name: 'fashion-mnist',
  package: '@onebit/data',
  paper: { title: 'Fashion-MNIST', authors: 'Xiao, Rasul and Vollgraf', year: 2017, arxiv: '1708.07747' },
  task: 'classify',
  title: 'Fashion-MNIST',
  ofTest: ['split'],
  options: {
    split: {
      default: 'embedded',
      values: ['embedded', 'full', 'auto'],
      description: 'the part that ships with Onebit, all of it, or all of it if this machine has it',
    },
    folder: { type: 'text', optional: true, description: 'location of its files' },
    download: {
      type: 'boolean',
      optional: true,
      description: 'download the split `full` if this machine does not have it (31 MB)',
    },
  },
  shape: () => ({ input: [28, 28, 1], facts: { classes: FASHION_MNIST_CLASSES } }),
  load: async ({ split, folder: directory, download, ...common }, context) => {
    const { onProgress, signal } = context
    return inMemory('classify', await fashionMnist({ split, directory, download, onProgress, signal }), common, context)
  },
})

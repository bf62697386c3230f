/** No reader ignores an unknown option, or an option of a wrong type. */
import { OnebitError } from '@onebit/core'
import { expect, test } from 'vitest'
import { batches } from './batches.ts'
import { cifar10, cifar100 } from './cifar/cifar.ts'
import { fashionMnist } from './fashion-mnist.ts'
import { type ImageSet, readImageSet } from './image-set.ts'
import { imageBatches } from './images/image-batches.ts'
import { imageNet } from './images/image-net.ts'

const set: ImageSet = {
  images: new Uint8Array(4),
  annotations: new Uint8Array(1),
  count: 1,
  shape: [2, 2, 1],
  normalization: { mean: 0, standardDeviation: 1 },
}
const files = { files: ['a.jpg'], annotations: Int32Array.of(0), ignored: [] }
const named = { name: 'x', bytes: new Uint8Array(0) }

test.each<[string, () => unknown, RegExp]>([
  [
    'imageBatches',
    () => imageBatches(files, { batchSize: 1, size: 8, sufle: true } as never),
    /imageBatches\(\) has no option 'sufle'.*'shuffle'/,
  ],
  ['imageBatches of nothing', () => imageBatches(files, undefined as never), /imageBatches\(\) lacks the option 'batchSize'/],
  ['imageBatches of no images', () => imageBatches([] as never, { batchSize: 1, size: 8 }), /refuses its argument 'images'/],
  [
    'imageBatches, workers',
    () => imageBatches(files, { batchSize: 1, size: 8, workers: 'all' as never }),
    /'workers'.*received "all"/,
  ],
  ['batches', () => batches(set, { batchSize: 1, sead: 1 } as never), /batches\(\) has no option 'sead'.*'seed'/],
  ['batches, shuffle', () => batches(set, { batchSize: 1, shuffle: 'no' as never }), /'shuffle'.*true or false/],
  [
    'an augmentation',
    () => batches(set, { batchSize: 1, augment: [{ type: 'center-crop', size: 2, shorterSid: 3 } as never] }),
    /The augmentation 'center-crop' has no option 'shorterSid'.*'shorterSide'/,
  ],
  [
    'an unknown augmentation',
    () => batches(set, { batchSize: 1, augment: [{ type: 'toString' } as never] }),
    /There is no augmentation named 'toString'/,
  ],
  ['fashionMnist', () => fashionMnist({ spilt: 'full' } as never), /fashionMnist\(\) has no option 'spilt'.*'split'/],
  ['fashionMnist, split', () => fashionMnist({ split: 'all' as never }), /'split'.*'embedded' or 'full' or 'auto'/],
  ['cifar10', () => cifar10({ downlod: false } as never), /'downlod'.*'download'/],
  ['cifar10, labels', () => cifar10({ labels: 'fine' } as never), /cifar10\(\) has no option 'labels'/],
  ['cifar100', () => cifar100({ label: 'fine' } as never), /'label'.*'labels'/],
  ['imageNet', () => imageNet({ dir: 'x' } as never), /imageNet\(\) has no option 'dir'/],
  [
    'readImageSet',
    () => readImageSet(named, named, { classes: 10 } as never),
    /readImageSet\(\) has no option 'classes'.*'classCount'/,
  ],
])('%s', async (_, call, message) => {
  const error = await Promise.resolve()
    .then(call)
    .catch((thrown: unknown) => thrown)
  expect(OnebitError.isInstance(error), String(error)).toBe(true)
  expect((error as Error).message).toMatch(message)
})

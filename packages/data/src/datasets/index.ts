/** The data sets of this package, for `createRegistry`. */
import { cifar10Dataset, cifar100Dataset } from './cifar.ts'
import { cocoKeypointsDataset } from './coco-keypoints.ts'
import type { DatasetPlugin } from './dataset-plugin.ts'
import { fashionMnistDataset } from './fashion-mnist.ts'
import { fashionScenesDataset } from './fashion-scenes.ts'
import { imageFolderDataset } from './image-folder.ts'
import { imageNetDataset } from './image-net.ts'
import { mpiiDataset } from './mpii.ts'
import { syntheticPeopleDataset } from './synthetic-people.ts'

export const datasets: readonly DatasetPlugin[] = [
  fashionMnistDataset,
  fashionScenesDataset,
  syntheticPeopleDataset,
  cifar10Dataset,
  cifar100Dataset,
  imageFolderDataset,
  imageNetDataset,
  mpiiDataset,
  cocoKeypointsDataset,
]

/** Writes and reads the metadata of a classifier's file: the classes, and the preparation of pictures. */
import { checkArguments, rules } from '@onebit/core'
import {
  isPreparationStep,
  type Normalization,
  type PictureMetadata,
  pictureRules,
  readPictureMetadata,
  taskMetadata,
} from '@onebit/image'
import { type ClassificationFacts, factsRule } from './classification-facts.ts'
import { runtime } from './classification-runtime.ts'

/** The part of a data set that the files of its networks store. The result of `fashionMnist` fits, and the data of `train`. */
export interface ClassifierData {
  readonly name: string
  readonly facts: ClassificationFacts
  /** Images in memory or a stream of them. The steps of `augment` prepare a picture to the size of the input. */
  readonly test: {
    readonly normalization?: Normalization
    readonly augment?: readonly { readonly type: string }[]
  }
  /** Background of the pictures, if all of them share one. */
  readonly background?: 'dark' | 'light'
}

/** The metadata of a file. Fields that the file lacks are absent. */
export interface ClassifierMetadata extends Omit<PictureMetadata, 'recipe'> {
  /** Class names, in the order of the outputs. */
  readonly labels?: readonly string[]
}

const testRule = rules.object(
  {},
  { normalization: pictureRules.normalization, augment: rules.list(rules.object({ type: rules.text })) },
)
const dataRule = rules.object(
  { name: rules.text, facts: factsRule, test: testRule },
  { background: rules.oneOf(['dark', 'light']) },
)

/**
 * Metadata of a classifier's file, for `freeze(model, { metadata })`: text by key, lists and records as JSON. With it, `onebit
 * run`, `onebit eval` and `imageClassifier` need only the file.
 */
export function classifierMetadata(data: ClassifierData): Record<string, string> {
  checkArguments('classifierMetadata()', { data: [data, dataRule] })
  const { name, facts, test, background } = data
  const { normalization, augment = [] } = test
  return taskMetadata(runtime, facts, {
    dataset: name,
    normalization,
    preparation: augment.filter(isPreparationStep),
    background,
  })
}

/**
 * Reads the fields of `classifierMetadata` that are present.
 * @throws ModelFormatError naming a field of another form.
 */
export function readClassifierMetadata(metadata: Readonly<Record<string, string>>): ClassifierMetadata {
  checkArguments('readClassifierMetadata()', { metadata: [metadata, rules.record(rules.anything)] })
  const { recipe: _, ...pictures } = readPictureMetadata({ ...metadata, recipe: 'null' })
  const { classes } = runtime.readMetadata(metadata)
  return { ...pictures, ...(classes && { labels: classes }) }
}

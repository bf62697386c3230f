/** What a classifier's file says beside its graph, both ways: the classes, and how pictures become inputs. */
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

/** The part of a data set that the files of its networks keep. What `fashionMnist` returns is one, and so is what `train` takes. */
export interface ClassifierData {
  readonly name: string
  readonly facts: ClassificationFacts
  /** Of images in memory, or of a stream of them: the steps of `augment` are how a picture becomes an input of the right size. */
  readonly test: {
    readonly normalization?: Normalization
    readonly augment?: readonly { readonly type: string }[]
  }
  /** Background of the pictures, if all of them share one. */
  readonly background?: 'dark' | 'light'
}

/** What a file says; what it does not say is absent. */
export interface ClassifierMetadata extends Omit<PictureMetadata, 'recipe'> {
  /** Class names; outputs index them. */
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
 * What a classifier's file has to say, for `freeze(model, { metadata })`: text by key, lists and records as JSON. With it, `onebit run`,
 * `onebit eval` and `imageClassifier` need nothing but the file.
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
 * What `classifierMetadata` wrote, of whatever is there.
 * @throws ModelFormatError naming the field that is there but of another form.
 */
export function readClassifierMetadata(metadata: Readonly<Record<string, string>>): ClassifierMetadata {
  checkArguments('readClassifierMetadata()', { metadata: [metadata, rules.record(rules.anything)] })
  const { recipe: _, ...pictures } = readPictureMetadata({ ...metadata, recipe: 'null' })
  const { classes } = runtime.readMetadata(metadata)
  return { ...pictures, ...(classes && { labels: classes }) }
}

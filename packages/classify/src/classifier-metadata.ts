/** What a classifier's file says beside its graph, both ways: the classes, and how pictures become inputs. */
import { isPreparationStep, type Normalization, type PictureMetadata, readPictureMetadata, taskMetadata } from '@onebit/image'
import type { ClassificationFacts } from './classification-facts.ts'
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

/**
 * What a classifier's file has to say, for `freeze(model, { metadata })`: text by key, lists and records as JSON. With it, `onebit run`,
 * `onebit eval` and `imageClassifier` need nothing but the file.
 */
export function classifierMetadata({ name, facts, test, background }: ClassifierData): Record<string, string> {
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
  const { recipe: _, ...pictures } = readPictureMetadata({ ...metadata, recipe: 'null' })
  const { classes } = runtime.readMetadata(metadata)
  return { ...pictures, ...(classes && { labels: classes }) }
}

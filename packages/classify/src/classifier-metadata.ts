/** What a classifier's file says beside its graph, both ways: the classes, and how pictures become inputs. */
import { ModelFormatError, OptionError } from '@onebit/core'
import { type Normalization, type Preparation, preparationOf } from '@onebit/image'

/** The part of a data set that the files of its networks keep. What `fashionMnist` returns is one, and so is what `train` takes. */
export interface ClassifierData {
  readonly name: string
  /** Class names; labels and outputs index them. */
  readonly classes: readonly string[]
  /**
   * Of images in memory, or of a stream of them. The steps of `augment` are a `Preparation`: how a picture becomes an input of the right
   * size, without chance.
   */
  readonly test: {
    readonly normalization?: Normalization
    readonly augment?: readonly { readonly type: string }[]
  }
  /** What subjects stand before, where that is alike in all pictures. */
  readonly background?: 'dark' | 'light'
}

/** What a file says; what it does not say is absent. */
export interface ClassifierMetadata {
  /** The name of the data set it was trained on. */
  readonly dataset?: string
  /** Class names; outputs index them. */
  readonly labels?: readonly string[]
  /** A `Normalization`, always as lists: of one number, or one for each channel. */
  readonly normalization?: { readonly mean: readonly number[]; readonly standardDeviation: readonly number[] }
  /** How a picture becomes an input, in order. Absent: test pictures have the input's own size. */
  readonly preparation?: Preparation
  /** What subjects stand before in its pictures. */
  readonly background?: 'dark' | 'light'
}

/**
 * What a classifier's file has to say, for `freeze(model, { metadata })`: text by key, lists and records as JSON. With it, `onebit run`,
 * `onebit eval` and `imageClassifier` need nothing but the file.
 * @throws OptionError if test pictures are augmented by steps that are no preparation: they draw, or are unknown.
 */
export function classifierMetadata({ name, classes, test, background }: ClassifierData): Record<string, string> {
  const { normalization, augment = [] } = test
  return {
    task: 'classify',
    dataset: name,
    labels: JSON.stringify(classes),
    ...(normalization && { normalization: JSON.stringify(normalization) }),
    ...(augment.length > 0 && { preparation: JSON.stringify(preparationOf(augment)) }),
    ...(background && { background }),
  }
}

function refuse(field: string, expected: string, received: string, cause?: unknown): never {
  throw new ModelFormatError(
    {
      field: `metadata.${field}`,
      what: `The model's '${field}' cannot be understood.`,
      expected,
      received: received.slice(0, 80),
      fix: 'Freeze the model again, with what `classifierMetadata` returns.',
    },
    { cause },
  )
}

function parse(field: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return refuse(field, 'JSON', text, error)
  }
}

function readLabels(text: string): readonly string[] {
  const labels = parse('labels', text)
  if (Array.isArray(labels) && labels.every((label): label is string => typeof label === 'string')) return labels
  return refuse('labels', 'a list of names', text)
}

function readNormalization(text: string): ClassifierMetadata['normalization'] {
  const given = (parse('normalization', text) ?? {}) as Record<string, unknown>
  const numbers = (key: string): number[] => {
    const list = [given[key]].flat()
    if (list.length > 0 && list.every((value): value is number => Number.isFinite(value))) return list
    return refuse('normalization', `a number or numbers under '${key}'`, text)
  }
  const [mean, standardDeviation] = [numbers('mean'), numbers('standardDeviation')]
  if (standardDeviation.some((value) => value <= 0)) refuse('normalization', 'positive standard deviations', text)
  return { mean, standardDeviation }
}

function readPreparation(text: string): Preparation {
  const steps = parse('preparation', text)
  try {
    return preparationOf(steps)
  } catch (error) {
    if (!OptionError.isInstance(error)) throw error
    throw new ModelFormatError(
      {
        ...error.parts,
        field: 'metadata.preparation',
        what: `The model's 'preparation' cannot be followed. ${error.parts.what}`,
      },
      { cause: error },
    )
  }
}

function readBackground(text: string): 'dark' | 'light' {
  return text === 'dark' || text === 'light' ? text : refuse('background', `'dark' or 'light'`, text)
}

/**
 * What `classifierMetadata` wrote, of whatever is there.
 * @throws ModelFormatError naming the field that is there but of another form.
 */
export function readClassifierMetadata(metadata: Readonly<Record<string, string>>): ClassifierMetadata {
  const { dataset, labels, normalization, preparation, background } = metadata
  return {
    ...(dataset !== undefined && { dataset }),
    ...(labels !== undefined && { labels: readLabels(labels) }),
    ...(normalization !== undefined && { normalization: readNormalization(normalization) }),
    ...(preparation !== undefined && { preparation: readPreparation(preparation) }),
    ...(background !== undefined && { background: readBackground(background) }),
  }
}

/** What has to be assumed where it is not said, a sentence each: wrongly scaled inputs give wrong answers without an error. */
export function assumptionsOf(known: { readonly labels?: readonly string[]; readonly normalization?: Normalization }): string[] {
  const { labels, normalization } = known
  return [
    ...(labels ? [] : ['The file names no classes: they are told by their numbers.']),
    ...(normalization
      ? []
      : [
          'The file states no normalization: inputs are pixels from 0 to 1, which is wrong if the network was trained on others.',
        ]),
  ]
}

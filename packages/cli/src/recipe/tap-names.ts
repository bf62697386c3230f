/** The names for taps in a recipe: the features of a network, or its layers. */
import { nearestNames, OptionError } from '@onebit/core'
import type { ComposedModel } from '@onebit/layers'
import type { Tap } from '@onebit/train'

/** The names that taps may use on one side. */
export interface TapNames {
  /** The name at the beginning of error sentences: `The network 'resnet-small'`. */
  readonly title: string
  /** The layer of each feature, by the feature's name. */
  readonly features: Readonly<Record<string, string>>
  /** Absent if only the opened model knows them. */
  readonly layers?: readonly string[]
}

export function tapNamesOf({ features, model }: ComposedModel): TapNames {
  return {
    title: `The network '${model.name}'`,
    features: Object.fromEntries(Object.entries(features).map(([name, { sourceLayer }]) => [name, sourceLayer.name])),
    layers: model.layers.map(({ name }) => name),
  }
}

/** The layer of a feature, or a layer by its own name. @throws OptionError listing the features. */
function layerOf(name: string, { title, features, layers }: TapNames): string {
  if (Object.hasOwn(features, name)) return features[name]
  if (!layers || layers.includes(name)) return name
  const [nearest] = nearestNames(name, [...Object.keys(features), ...layers])
  throw new OptionError({
    option: 'taps',
    what: `${title} has no feature '${name}' to compare.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    expected: Object.keys(features).join(', '),
    received: name,
  })
}

/** Names of blocks, such as `stage1.block1`. Names of whole stages are left out, because they repeat the last block. */
const blocksOf = ({ features }: TapNames): string[] => Object.keys(features).filter((name) => name.includes('.'))

const isPair = (tap: unknown): tap is { name?: string; student: string; teacher: string } =>
  typeof tap === 'object' && tap !== null && 'student' in tap && 'teacher' in tap

function tapOf(written: unknown, student: TapNames, teacher: TapNames): Tap {
  if (typeof written === 'string') {
    return { name: written, student: layerOf(written, student), teacher: layerOf(written, teacher) }
  }
  if (isPair(written)) {
    const { student: own, teacher: theirs, name = own } = written
    return { name, student: layerOf(own, student), teacher: layerOf(theirs, teacher) }
  }
  throw new OptionError({
    option: 'taps',
    what: 'A tap of a distiller cannot be used.',
    expected: 'the name of a feature, or { "student": name, "teacher": name }',
    received: JSON.stringify(written),
  })
}

/**
 * Converts taps to the trainer's form. By default they are the ends of all blocks, which a teacher with the same blocks has too.
 * @throws OptionError on a name that one side lacks.
 */
export function tapsOf(written: readonly unknown[] | undefined, student: TapNames, teacher: TapNames): Tap[] {
  if (!written && Object.keys(teacher.features).length === 0) {
    throw new OptionError({
      option: 'taps',
      what: `${teacher.title} has no named features, so the taps cannot be chosen.`,
      expected: `'taps', each { "student": name, "teacher": name }`,
    })
  }
  return (written ?? blocksOf(student)).map((tap) => tapOf(tap, student, teacher))
}

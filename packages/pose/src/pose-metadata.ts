/** Writes and reads the joints in a model file's metadata. */
import { checkArguments, InputError, type OutputShapes, parseMetadata, refuseMetadata, rules } from '@onebit/core'
import { pictureRules } from '@onebit/image'
import { heatmapsShape } from './decode/decode-heatmaps.ts'
import { factsRule, jointFactsRule, namedJointsRule, type PoseFacts } from './pose-facts.ts'

type Metadata = Readonly<Record<string, string>>

export function writePoseFacts(facts: PoseFacts): Metadata {
  checkArguments('writeMetadata()', { facts: [facts, factsRule] })
  return { skeleton: JSON.stringify(facts) }
}

/** @throws ModelFormatError on an impossible skeleton. */
export function readPoseFacts(metadata: Metadata): Partial<PoseFacts> {
  checkArguments('readMetadata()', { metadata: [metadata, rules.record(rules.anything)] })
  const { skeleton } = metadata
  if (skeleton === undefined) return {}
  const facts = parseMetadata('skeleton', skeleton) as PoseFacts
  if (namedJointsRule(facts)) return refuseMetadata('skeleton', 'a record with the names of at least one joint', skeleton)
  const fault = jointFactsRule(facts.joints.length)(facts)
  return fault ? refuseMetadata('skeleton', fault.expected, skeleton) : facts
}

/** @throws InputError if the network has no heat-maps, or heat-maps of another number of joints. */
export function completePoseFacts(
  stated: Partial<PoseFacts>,
  outputs: OutputShapes,
): { readonly facts: PoseFacts; readonly assumptions: readonly string[] } {
  checkArguments('complete()', {
    facts: [stated, rules.object({}, { joints: rules.list(rules.text) })],
    outputs: [outputs, pictureRules.outputShapes],
  })
  const [, , count] = heatmapsShape(outputs)
  const { joints } = stated
  if (joints === undefined) {
    const numbers = Array.from({ length: count }, (_, index) => `${index}`)
    const facts: PoseFacts = { joints: numbers, pairs: [], bones: [], metric: 'OKS', ...stated }
    return { facts, assumptions: ['The file names no joints: they are told by their numbers, and no bones are drawn.'] }
  }
  if (joints.length === count) return { facts: { joints, pairs: [], bones: [], metric: 'OKS', ...stated }, assumptions: [] }
  throw new InputError({
    what: 'The joints do not fit the network.',
    expected: `${count} joints`,
    received: `${joints.length}`,
    fix: 'Give the joints of the data set the network was trained on.',
  })
}

/** Writes and reads the joints in a model file's metadata. */
import { InputError, type OutputShapes, parseMetadata, refuseMetadata, rules } from '@onebit/core'
import { heatmapsShape } from './decode/decode-heatmaps.ts'
import type { PoseFacts } from './pose-facts.ts'

type Metadata = Readonly<Record<string, string>>

export const writePoseFacts = (facts: PoseFacts): Metadata => ({ skeleton: JSON.stringify(facts) })

/** The rule for pairs of existing joints. */
const pairsBelow = (count: number): rules.ValueRule => {
  const joint = rules.integer({ minimum: 0, maximum: count - 1 })
  return rules.list(rules.list(joint, { minimum: 2 }))
}

/** @throws ModelFormatError on an impossible skeleton. */
export function readPoseFacts({ skeleton }: Metadata): Partial<PoseFacts> {
  if (skeleton === undefined) return {}
  const facts = parseMetadata('skeleton', skeleton) as PoseFacts
  const isNamed = Array.isArray(facts?.joints) && facts.joints.length > 0
  if (!isNamed) return refuseMetadata('skeleton', 'a record with the names of at least one joint', skeleton)
  const count = facts.joints.length
  const rule = rules.object(
    {
      joints: rules.list(rules.text),
      pairs: pairsBelow(count),
      bones: pairsBelow(count),
      metric: rules.oneOf(['PCKh', 'OKS']),
    },
    {
      excluded: rules.list(rules.integer({ minimum: 0, maximum: count - 1 })),
      sigmas: rules.list(rules.number({ minimum: 0 }), { minimum: count }),
    },
  )
  const fault = rule(facts)
  return fault ? refuseMetadata('skeleton', fault.expected, skeleton) : facts
}

/** @throws InputError if the network has no heat-maps, or heat-maps of another number of joints. */
export function completePoseFacts(
  stated: Partial<PoseFacts>,
  outputs: OutputShapes,
): { readonly facts: PoseFacts; readonly assumptions: readonly string[] } {
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

/** Heat-maps of a mirror image, as heat-maps of the picture: mirrored back, and right and left joints change places. */
import { checkArguments, type OutputValues } from '@onebit/core'
import { mirrored, pictureRules } from '@onebit/image'
import { factsRule, type PoseFacts } from './pose-facts.ts'

export function isHeatmaps(shape: readonly number[], { joints }: PoseFacts): boolean {
  return shape.length === 3 && shape[2] === joints.length
}

/** For each joint, the index of the joint that it becomes in the mirror. */
function partners({ joints, pairs }: PoseFacts): number[] {
  const order = joints.map((_, joint) => joint)
  for (const [right, left] of pairs) [order[right], order[left]] = [left, right]
  return order
}

/** The heat-maps alone. */
export function mirrorHeatmaps(outputs: OutputValues, facts: PoseFacts): OutputValues {
  checkArguments('mirrorOutputs()', { outputs: [outputs, pictureRules.outputs], facts: [facts, factsRule] })
  const order = partners(facts)
  const mirror = ({ shape, data }: OutputValues[string]): OutputValues[string] => {
    const back = mirrored(data, shape)
    return { shape, data: back.map((_, index) => back[index - (index % order.length) + order[index % order.length]]) }
  }
  const heatmaps = Object.entries(outputs).filter(([, { shape }]) => isHeatmaps(shape, facts))
  return Object.fromEntries(heatmaps.map(([name, output]) => [name, mirror(output)]))
}

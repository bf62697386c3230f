import { type Graph, typeGraph } from '@onebit/core'
import { planUnits, type UnitPlan } from '@onebit/core/compile'
import { fusionsOf } from '../src/compile/can-fuse.ts'

/** The units that this backend emits kernels for. */
export function planFor(graph: Graph): UnitPlan {
  return planUnits(typeGraph(graph), { canFuse: fusionsOf(graph) })
}

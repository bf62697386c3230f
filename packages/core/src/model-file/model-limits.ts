/**
 * Limits of the cost of a model file. A few bytes can state a network of any cost: a `resize` to 20,000 by 20,000, a window of two
 * thousand million taps. A reader checks these limits before it allocates or computes anything.
 */

import { LimitError } from '../errors.ts'
import { elementCount, type Graph, type ValueType } from '../graph/graph.ts'
import { checkOption } from '../options/check-options.ts'
import { type Fault, number, object, type ValueRule, type ValueRules } from '../options/value-rules.ts'
import { type NodeCost, nodeCost } from '../work/node-cost.ts'
import { peakActivationBytes } from '../work/peak-activations.ts'
import { grouped } from './refuse.ts'

/** Raise a limit if a model of your own needs more. Infinity means no limit. */
export interface ModelLimits {
  /** Bytes of the file. Default 2^30. */
  readonly fileBytes: number
  /** Nodes of the graph. Default 20,000. */
  readonly nodes: number
  /** Bytes of all values that a run on one sample holds at once, 4 per number and 1 per bit. Default 2^30. */
  readonly memory: number
  /** Operations of a run on one sample: multiply-accumulates, other arithmetic, comparisons, values written. Default 10^11. */
  readonly work: number
}

export const DEFAULT_LIMITS: ModelLimits = { fileBytes: 2 ** 30, nodes: 20_000, memory: 2 ** 30, work: 1e11 }

/** The rule of a `limits` option. */
export const limitRules: ValueRule = (value) =>
  object({}, ofEach(number({ minimum: 0, maximum: Number.POSITIVE_INFINITY })))(value) ?? unknownKey(value as object)

/** The unit of each limit. */
export const LIMIT_UNITS: Readonly<Record<keyof ModelLimits, string>> = {
  fileBytes: 'bytes in the file',
  nodes: 'nodes',
  memory: 'bytes of values for one sample',
  work: 'operations for one sample',
}

/** Applies one rule to every limit. */
function ofEach(rule: ValueRule): ValueRules<keyof ModelLimits> {
  return { fileBytes: rule, nodes: rule, memory: rule, work: rule }
}

function unknownKey(limits: object): Fault | undefined {
  const known = Object.keys(DEFAULT_LIMITS)
  const unknown = Object.keys(limits).find((key) => !known.includes(key))
  return unknown === undefined ? undefined : { at: unknown, expected: known.join(', '), received: 'an unknown limit' }
}

/** Fills in the defaults. */
export function completeLimits(given: Partial<ModelLimits> = {}): ModelLimits {
  const stated = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(stated) }
}

/** Checks limits from a caller and fills in the defaults. @throws OptionError on a limit that is unknown or not a number. */
export function checkedLimits(given: Partial<ModelLimits> | undefined): ModelLimits {
  if (given !== undefined) checkOption('readModel()', 'limits', given, limitRules)
  return completeLimits(given)
}

/** @throws LimitError naming the limit if `needed` is above it. `node` names the node at which that happens. */
export function checkLimit(limit: keyof ModelLimits, needed: number, limits: ModelLimits, node?: string): void {
  if (needed <= limits[limit]) return
  throw new LimitError({
    limit,
    what: `The model exceeds the limit '${limit}'${node === undefined ? '' : ` at node '${node}'`}.`,
    expected: `at most ${grouped(limits[limit])} ${LIMIT_UNITS[limit]}`,
    received: needed < Number.MAX_SAFE_INTEGER ? grouped(needed) : needed.toExponential(1),
    fix: `If you trust the model, raise it: { limits: { ${limit}: ... } }.`,
  })
}

/** Bytes of a value in a backend that keeps each bit in a byte. */
function heldBytes({ dtype, shape }: ValueType): number {
  return dtype === 'bit' ? elementCount(shape) : 4 * elementCount(shape)
}

function operationsOf({ macs, multiplications, additions, comparisons, outputShape }: NodeCost): number {
  return macs.binary + macs.mixed + macs.real + multiplications + additions + comparisons + elementCount(outputShape)
}

/**
 * Checks the cost of a run of a valid graph.
 * @throws LimitError naming the limit and, for work, the node at which it is exceeded.
 */
export function checkBudget(graph: Graph, types: ReadonlyMap<string, ValueType>, limits: ModelLimits): void {
  checkLimit('memory', peakActivationBytes(graph, types, heldBytes), limits)
  let work = 0
  for (const node of graph.nodes) {
    const tensors = Object.fromEntries(Object.entries(node.tensors).map(([role, name]) => [role, graph.tensors.get(name)!]))
    const inputs = node.inputs.map((name) => types.get(name)!)
    work += operationsOf(nodeCost(node, inputs, types.get(node.name)!, tensors, () => true))
    checkLimit('work', work, limits, node.name)
  }
}

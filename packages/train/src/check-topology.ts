/**
 * Checks the wiring of a saved model before TensorFlow.js builds it. TensorFlow.js' loader visits the layers again and again
 * until every call of a layer has its inputs. If a call names a layer that does not exist, the loader never ends.
 */
import { nearestNames, rules } from '@onebit/core'
import { RunError } from './errors.ts'

type Call = readonly (readonly [layer: string, call: number, tensor: number, ...unknown[]])[]

interface LayerEntry {
  readonly name: string
  readonly class_name: string
  readonly config: unknown
  readonly inbound_nodes: readonly Call[]
}

const { anything, integer, list, object, text } = rules

const input = list(anything, { minimum: 3 })
const layerEntry = object({ class_name: text, config: anything, name: text, inbound_nodes: list(list(input)) })

function damaged(folder: string, reason: string, fix = 'Restore it from a copy, or train again.'): RunError {
  return new RunError({ what: `The model in '${folder}' is damaged: ${reason}.`, fix })
}

/** Number of calls that a layer has before any is made: inputs and nested models come with one. */
function callsAtFirst({ class_name: kind, config }: LayerEntry): number {
  return kind === 'InputLayer' || nestedLayers(config) ? 1 : 0
}

/** The layers of a config, if it is the config of a model. */
function nestedLayers(config: unknown): readonly unknown[] | undefined {
  const { layers } = (typeof config === 'object' && config !== null ? config : {}) as { layers?: unknown }
  return Array.isArray(layers) ? layers : undefined
}

function checkInputs({ name, inbound_nodes: calls }: LayerEntry, names: ReadonlySet<string>, folder: string): void {
  for (const [from, call, tensor] of calls.flat()) {
    if (typeof from !== 'string' || !names.has(from)) {
      const [nearest] = typeof from === 'string' ? nearestNames(from, [...names]) : []
      throw damaged(
        folder,
        `the layer '${name}' reads from '${from}', which does not exist`,
        nearest && `Its name may be '${nearest}'.`,
      )
    }
    const index = integer({ minimum: 0 })
    if (index(call) || index(tensor)) throw damaged(folder, `the layer '${name}' reads from a call of '${from}' that cannot be`)
  }
}

/** Makes calls in the loader's order. If a round makes no call while some are left, the loader would never end. */
function checkOrder(layers: readonly LayerEntry[], folder: string): void {
  const made = new Map(layers.map((layer) => [layer.name, callsAtFirst(layer)]))
  let waiting = layers.flatMap((layer) => layer.inbound_nodes.map((call) => ({ name: layer.name, call })))
  while (waiting.length > 0) {
    const before = waiting.length
    waiting = waiting.filter(({ name, call }) => {
      if (!call.every(([from, index]) => made.get(from)! > index)) return true
      if (call.length > 0) made.set(name, made.get(name)! + 1)
      return false
    })
    if (waiting.length === before)
      throw damaged(folder, `the layer '${waiting[0].name}' waits for itself or for a call that no layer makes`)
  }
}

function checkLayers(layers: readonly unknown[], folder: string): void {
  // The layers of a Sequential are a list without calls.
  const wired = layers.some((layer) => typeof layer === 'object' && layer !== null && 'inbound_nodes' in layer)
  if (wired) {
    for (const [index, layer] of layers.entries()) {
      const fault = layerEntry(layer)
      if (fault) throw damaged(folder, `its layer ${index} has no proper '${fault.at}' (expected ${fault.expected})`)
    }
    const entries = layers as readonly LayerEntry[]
    const names = new Set(entries.map(({ name }) => name))
    if (names.size !== entries.length) throw damaged(folder, 'two of its layers have one name')
    for (const entry of entries) checkInputs(entry, names, folder)
    checkOrder(entries, folder)
  }
  for (const layer of layers) {
    const nested = nestedLayers((layer as { config?: unknown } | null)?.config)
    if (nested) checkLayers(nested, folder)
  }
}

/**
 * @param topology The `modelTopology` of a `model.json`.
 * @throws RunError naming the layer whose inputs do not exist.
 */
export function checkTopology(topology: unknown, folder: string): void {
  const fault = object({ class_name: text, config: anything })(topology)
  if (fault) throw damaged(folder, `its topology has no '${fault.at}'`)
  const { config } = topology as { config: unknown }
  const layers = Array.isArray(config) ? config : nestedLayers(config)
  if (!layers) throw damaged(folder, 'its topology has no layers')
  checkLayers(layers, folder)
}

/** Converts plugins to messages for another thread: a name, and the module that exports the plugin. */
import type { Plugin } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { isDistilled, type ResolvedTerm } from '../losses/loss-terms.ts'
import { namedQuantizedLayers } from '../model/named-weights.ts'
import type { SentPlugin, SentTerm } from './messages.ts'
import { findModule } from './worker-options.ts'

export function sendPlugin({ kind, name, package: from }: Plugin): SentPlugin {
  return { kind, name, module: from === undefined ? undefined : findModule(from) }
}

export function sendTerms(terms: readonly ResolvedTerm[]): SentTerm[] {
  return terms.map((term) => ({
    plugin: sendPlugin(term.plugin),
    options: term.options,
    weight: term.weight,
    taps: isDistilled(term) ? term.taps : undefined,
  }))
}

/** The quantizers of models, each once. */
export function sendQuantizers(models: readonly (LayersModel | undefined)[]): SentPlugin[] {
  const plugins = new Map<string, Plugin>()
  for (const { layer } of models.flatMap((model) => (model ? namedQuantizedLayers(model) : []))) {
    for (const target of ['activation', 'weight'] as const) {
      const plugin = layer.quantizer(target)?.plugin
      if (plugin) plugins.set(plugin.name, plugin)
    }
  }
  return [...plugins.values()].map(sendPlugin)
}

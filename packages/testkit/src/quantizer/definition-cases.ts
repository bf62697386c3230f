/** The plugin from the view of a registry, a recipe and a listing. */
import { completeOptions, createRegistry, OptionError, type Quantizer } from '@onebit/core'
import type { ConformanceCase } from '../conformance-case.ts'
import { attempt, require } from '../conformance-error.ts'

export function definitionCases(plugin: Quantizer): ConformanceCase[] {
  return [
    {
      name: `${plugin.name}: is a quantizer that a registry finds by name`,
      async run() {
        const configured = await attempt('A registry refuses the plugin.', () =>
          createRegistry([plugin]).resolve('quantizer', plugin.name),
        )
        require(configured.plugin === plugin && plugin.kind === 'quantizer', () => ({
          what: 'The plugin is no quantizer.',
          expected: 'what defineQuantizer returns',
          received: `kind '${plugin.kind}'`,
        }))
        require(!plugin.gradient !== !plugin.surrogate, () => ({ what: 'It needs either `gradient` or `surrogate`.' }))
      },
    },
    {
      name: `${plugin.name}: options obey their own rules and survive JSON`,
      async run() {
        const options = await attempt('A default breaks its own rule.', () => completeOptions(plugin))
        const restored = completeOptions(plugin, JSON.parse(JSON.stringify(options)))
        require(JSON.stringify(restored) === JSON.stringify(options), () => ({
          what: 'The options do not survive JSON.',
          expected: JSON.stringify(options),
          received: JSON.stringify(restored),
        }))
        for (const bad of [{ 'no-such-option': 1 }, ...Object.keys(options).map((name) => ({ [name]: {} }))]) {
          let refused = false
          try {
            completeOptions(plugin, bad)
          } catch (error) {
            refused = OptionError.isInstance(error)
          }
          require(refused, () => ({ what: `The options ${JSON.stringify(bad)} are accepted.`, expected: 'an OptionError' }))
        }
      },
    },
  ]
}

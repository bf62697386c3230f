/** `auto` by its name, for registries: `--backend auto`. */
import { type Backend, defineBackend } from '../contracts/kernel-backend.ts'
import { type Configured, completeOptions } from '../contracts/plugin.ts'
import { checkArgument } from '../options/check-options.ts'
import { anything, callback, either, list, object, record, text } from '../options/value-rules.ts'
import { auto } from './auto.ts'

const backendRule = object({ name: text, create: callback, options: record(anything) })

/** `wasm:threads=auto`, as a command takes it. */
function nameOf({ plugin, options }: Configured<Backend>): string {
  const defaults = completeOptions(plugin)
  const told = Object.entries(options).flatMap(([name, value]) => (value === defaults[name] ? [] : `${name}=${value}`))
  return told.length > 0 ? `${plugin.name}:${told.join(',')}` : plugin.name
}

/**
 * The backend `auto` of a registry: `auto()` among other plugins, in order. Each is made only when those before it cannot serve.
 * @param choices Plugins, or plugins with options: `[webgpuBackend, { plugin: wasmBackend, options: { threads: 'auto' } }]`.
 * @throws OptionError on an option that a plugin does not have.
 */
export function autoBackend(choices: readonly (Backend | Configured<Backend>)[]): Backend {
  checkArgument('autoBackend()', 'choices', choices, list(either(object({ plugin: backendRule }), backendRule), { minimum: 1 }))
  const candidates = choices.map((choice) => {
    const { plugin, options } = 'plugin' in choice ? choice : { plugin: choice, options: {} }
    const complete = completeOptions(plugin, options)
    return { name: nameOf({ plugin, options }), create: () => plugin.create(complete) }
  })
  return defineBackend({ name: 'auto', package: '@onebit/core', create: () => auto(candidates) })
}

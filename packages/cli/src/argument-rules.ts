/** Rules for the arguments of the commands' functions. */
import { rules, type ValueRule } from '@onebit/core'

const { callback, either, list, object, oneOf, rule, text } = rules

/** A path or a name, which cannot be empty. */
export const filledText: ValueRule = rule('a text that is not empty', (value) => typeof value === 'string' && value !== '')

/** Whether a text is an address with a scheme. `C:\\model` and `run-10:30/model` are paths. */
export const isAddress = (text: string): boolean => /^(?:[a-z][a-z0-9+.-]*:\/\/|(?:data|blob|file):)/i.test(text)

/** A folder or a file that a command writes, or that is more than one file. Only model files and pictures have addresses, too. */
export const localPath: ValueRule = rule(
  'a path on this machine, not an address; only model files and pictures may be addresses',
  (value) => typeof value === 'string' && value !== '' && !isAddress(value),
)
export const names: ValueRule = list(filledText)
/** A name, or a record with a name and options. */
export const reference: ValueRule = either(filledText, object({ name: filledText }))
/** The result of `readRecipe` and `defineRecipe`. */
export const locatedRecipe: ValueRule = object({
  recipe: object({ dataset: object({}), model: object({}), training: object({}) }),
  registry: object({ resolve: callback, list: callback }),
  modules: list(text),
  locationOf: callback,
})
export const registry: ValueRule = object({ resolve: callback, list: callback, backend: callback })
const stream = object({ write: callback })
export const shell: ValueRule = object({ stdout: stream, stderr: stream, signal: rules.signal, note: callback })
export const streams: ValueRule = object({ stdout: stream, stderr: stream })
export const SHELL_OPTIONS = { stdout: stream, stderr: stream, json: rules.boolean, debug: rules.boolean, signal: rules.signal }
export const part: ValueRule = oneOf(['test', 'validation'])

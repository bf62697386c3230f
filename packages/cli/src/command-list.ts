/** The commands. Each is loaded on demand, because training and TensorFlow.js take a while to load. */
import type { Command } from 'commander'
import type { Host } from './command.ts'

/** Adds arguments, flags and the action to a command that already has its name and description. */
export type AddCommand = (command: Command, host: Host) => void | Promise<void>

interface ListedCommand {
  readonly name: string
  readonly description: string
  load(): Promise<AddCommand>
}

export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'train',
    description: 'train a network from a recipe, or from flags',
    load: async () => (await import('./commands/train.ts')).addTrain,
  },
  {
    name: 'freeze',
    description: 'write a run as one safetensors file of packed bits',
    load: async () => (await import('./commands/freeze.ts')).addFreeze,
  },
  {
    name: 'eval',
    description: 'measure a frozen file on test pictures',
    load: async () => (await import('./commands/eval.ts')).addEval,
  },
  {
    name: 'run',
    description: 'run a frozen file on a picture and show the prediction',
    load: async () => (await import('./commands/run.ts')).addRun,
  },
  {
    name: 'summary',
    description: 'show layers, parameters, operations and memory of a network',
    load: async () => (await import('./commands/summary.ts')).addSummary,
  },
  {
    name: 'bench',
    description: 'time a frozen file on backends side by side',
    load: async () => (await import('./commands/bench.ts')).addBench,
  },
  {
    name: 'recipe',
    description: 'print a recipe for `onebit train`: a built-in one, or one made from flags',
    load: async () => (await import('./commands/recipe.ts')).addRecipe,
  },
  {
    name: 'plugins',
    description: 'list all plugins with their options',
    load: async () => (await import('./commands/plugins.ts')).addPlugins,
  },
  {
    name: 'report',
    description: 'write a run as one HTML page that opens offline',
    load: async () => (await import('./commands/report.ts')).addReport,
  },
]

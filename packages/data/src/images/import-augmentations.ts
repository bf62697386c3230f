import { OptionError, type Plugin } from '@onebit/core'
import type { AugmentationPlugin } from '../augment/augmentation-plugin.ts'
import { augmentations } from '../augment/augmentation-plugins.ts'

/**
 * The augmentations that modules export by default: lists of plugins, or functions that return one.
 * @throws OptionError if a module cannot be imported or exports no list.
 */
export async function importAugmentations(urls: readonly string[]): Promise<AugmentationPlugin[]> {
  const lists = await Promise.all(urls.map(importList))
  const own = new Set(augmentations.map(({ name }) => name))
  const brought = new Set(lists.flat(Number.POSITIVE_INFINITY) as Plugin[])
  return [...brought].filter(({ kind, name }) => kind === 'augmentation' && !own.has(name)) as AugmentationPlugin[]
}

async function importList(url: string): Promise<readonly unknown[]> {
  let module: { default?: unknown }
  try {
    module = await import(/* @vite-ignore */ url)
  } catch (error) {
    const received = (error as Error).message
    throw new OptionError({ what: `The module '${url}' of plugins cannot be imported.`, received }, { cause: error })
  }
  const list = typeof module.default === 'function' ? await module.default() : module.default
  if (typeof list === 'object' && list !== null) return [list].flat()
  throw new OptionError({
    what: `The module '${url}' exports no plugins.`,
    expected: 'a list of plugins, or a function that returns one, as its default export',
    received: typeof list,
  })
}

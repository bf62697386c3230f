/** Advice on a plugin that a file needs and that is not loaded. */

function pluginsIn(recipe: string | undefined): readonly string[] {
  try {
    const { plugins } = JSON.parse(recipe ?? '{}') as { readonly plugins?: unknown }
    return Array.isArray(plugins) ? plugins.filter((name) => typeof name === 'string') : []
  } catch {
    return []
  }
}

/**
 * The advice. A file from `onebit train` and `onebit freeze` names the packages it was trained with, but nothing loads them
 * automatically.
 */
export function missingPlugin({ recipe }: Readonly<Record<string, string>>): string {
  const names = pluginsIn(recipe)
  if (names.length === 0) return 'Name the package that brings it with --plugin.'
  return `It was trained with ${names.join(' and ')}; if you trust that, give ${names.map((name) => `--plugin ${name}`).join(' ')}.`
}

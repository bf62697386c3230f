/** What to do about a plugin that a file needs and nothing here has. */

function pluginsIn(recipe: string | undefined): readonly string[] {
  try {
    const { plugins } = JSON.parse(recipe ?? '{}') as { readonly plugins?: unknown }
    return Array.isArray(plugins) ? plugins.filter((name) => typeof name === 'string') : []
  } catch {
    return []
  }
}

/** A file that `onebit train` and `onebit freeze` made tells which packages it was trained with. It loads none of them itself. */
export function missingPlugin({ recipe }: Readonly<Record<string, string>>): string {
  const names = pluginsIn(recipe)
  if (names.length === 0) return 'Name the package that brings it with --plugin.'
  return `It was trained with ${names.join(' and ')}; if you trust that, give ${names.map((name) => `--plugin ${name}`).join(' ')}.`
}

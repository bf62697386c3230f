/** Builds pieces of HTML. */

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!)
}

/** `Training loss (step)` as an id: `training-loss-step`. */
export function idOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
}

/** Gives sections different ids, even if their titles are the same. */
export function withIds<T extends Section>(sections: readonly T[]): (T & { readonly id: string })[] {
  const taken = new Set<string>()
  return sections.map((section) => {
    let id = idOf(section.title)
    while (taken.has(id)) id += '-again'
    taken.add(id)
    return { ...section, id }
  })
}

/** A part of the page, with a heading that links can point to. */
export interface Section {
  readonly title: string
  /** HTML. If it is empty, the section is left out. */
  readonly content: string
  /** A sentence above the content. */
  readonly note?: string
}

/** @param section A section whose note is already HTML. */
export function renderSection({ id, title, content, note }: Section & { readonly id: string }): string {
  const head = `<h2 id="${id}">${escapeHtml(title)}</h2>`
  return `<section aria-labelledby="${id}">${head}${note ? `<p class="note">${note}</p>` : ''}${content}</section>`
}

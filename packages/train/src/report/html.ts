/** Pieces of HTML. */

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

/** Sections of one title have ids of their own. */
export function withIds<T extends Section>(sections: readonly T[]): (T & { readonly id: string })[] {
  const taken = new Set<string>()
  return sections.map((section) => {
    let id = idOf(section.title)
    while (taken.has(id)) id += '-again'
    taken.add(id)
    return { ...section, id }
  })
}

/** A part of the page with a heading that can be linked to. */
export interface Section {
  readonly title: string
  /** HTML. The section is left out where it is empty. */
  readonly content: string
  /** Above the content. */
  readonly note?: string
}

/** @param section Its note is HTML by now. */
export function renderSection({ id, title, content, note }: Section & { readonly id: string }): string {
  const head = `<h2 id="${id}">${escapeHtml(title)}</h2>`
  return `<section aria-labelledby="${id}">${head}${note ? `<p class="note">${note}</p>` : ''}${content}</section>`
}

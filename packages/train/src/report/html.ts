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

/** A part of the page with a heading that can be linked to. */
export interface Section {
  readonly title: string
  /** HTML. The section is left out where it is empty. */
  readonly content: string
  /** Above the content. */
  readonly note?: string
}

/** @param section Its note is HTML by now. */
export function renderSection({ title, content, note }: Section): string {
  const head = `<h2 id="${idOf(title)}">${escapeHtml(title)}</h2>`
  return `<section aria-labelledby="${idOf(title)}">${head}${note ? `<p class="note">${note}</p>` : ''}${content}</section>`
}

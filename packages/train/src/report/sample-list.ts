/** Test pictures with their predictions. Words, not only colors, say which are right and wrong. */
import type { SampleRecord } from '../run-record.ts'
import { escapeHtml } from './html.ts'

function item({ annotation, prediction, right, png }: SampleRecord): string {
  const [said, truth] = [escapeHtml(prediction), escapeHtml(annotation)]
  const picture = `<img alt="A test picture: ${truth}" src="data:image/png;base64,${png}">`
  if (right === undefined) return `<li>${picture}<b>predicted:</b> ${said}<br><b>true:</b> ${truth}</li>`
  if (right) return `<li class="right">${picture}<span class="verdict">✓ right:</span> ${said}</li>`
  return `<li class="wrong">${picture}<span class="verdict">✗ wrong:</span> ${said}, is ${truth}</li>`
}

export function sampleList(samples: readonly SampleRecord[]): string {
  return samples.length === 0 ? '' : `<ul class="samples">${samples.map(item).join('')}</ul>`
}

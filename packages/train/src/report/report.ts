/** Renders a run as one self-contained HTML page. It has no script, makes no request, and opens offline. */
import { checkArguments, rules } from '@onebit/core'
import { checkRunRecord } from '../check-run-record.ts'
import type { RunRecord } from '../run-record.ts'
import { latentHistograms, layerCurves, trainingCurves } from './curves.ts'
import { epochsOf, epochTable, partialNote } from './epochs.ts'
import { Glossary } from './glossary.ts'
import { escapeHtml, renderSection, type Section, withIds } from './html.ts'
import { engineDetails, lead, notices, reproduction, results, stageTable, trainingFacts } from './overview.ts'
import { sampleList } from './sample-list.ts'
import { STYLE } from './style.ts'
import { type Linked, type ReportSection, table, tableNote } from './tables.ts'

export type { ReportSection } from './tables.ts'

/** A longer list of epochs is collapsed when the page opens, because the charts show it. */
const OPEN_EPOCHS = 10

/** The text after a colon in a title becomes the note: `Confusion: rows are labels, columns predictions`. */
function tableSection(section: ReportSection, linked: Linked): Section {
  const [title, ...rest] = section.title.split(': ')
  const sentence = rest.join(': ')
  const explained = sentence && `${sentence[0].toUpperCase()}${sentence.slice(1)}.`
  const note = [explained, section.note, tableNote(section)].filter(Boolean).join(' ')
  return { title, content: table(title, section, linked), note }
}

const charts = (content: string, size = ''): string => content && `<div class="charts${size}">${content}</div>`

function epochSection(run: RunRecord, linked: Linked): Section {
  const count = epochsOf(run).length
  if (count === 0) return { title: 'Epochs', content: '' }
  const content = table('Epochs', epochTable(run), linked)
  const closed = `<details><summary>All ${count} epochs</summary>${content}</details>`
  return { title: 'Epochs', content: count > OPEN_EPOCHS ? closed : content, note: partialNote(run) }
}

function sectionsOf(run: RunRecord, own: readonly ReportSection[], linked: Linked): Section[] {
  const stages = stageTable(run)
  const training = tableSection(trainingFacts(run), linked)
  return [
    { title: 'Results', content: results(run, linked) },
    ...own.map((section) => tableSection(section, linked)),
    { ...training, content: training.content + engineDetails(run) },
    ...(stages ? [tableSection(stages, linked)] : []),
    ...(run.tables ?? []).map((section) => tableSection(section, linked)),
    { title: 'Samples', content: sampleList(run.samples), note: 'Test pictures with the predictions of the network.' },
    { title: 'Curves', content: charts(trainingCurves(run, linked)), note: partialNote(run) },
    epochSection(run, linked),
    {
      title: 'Layers',
      content: charts(layerCurves(run, linked)),
      note: `One line per binary layer. Measured after each epoch on a few of the ${run.evaluated} pictures. ${partialNote(run)}`,
    },
    {
      title: 'Latent weights',
      content: charts(latentHistograms(run, linked), ' small'),
      note: 'The distribution of the latent weights of each layer after the last epoch. Most quantizers freeze weights below 0 to -1 and the others to +1.',
    },
    {
      title: 'Run it again',
      content: reproduction(run),
      note: 'Save the recipe below as recipe.json, or use the one in the run folder. Its seed determines the initial weights and the order of the pictures.',
    },
  ]
}

const texts = rules.list(rules.text)
const ownSection = rules.object({ title: rules.text, columns: texts, rows: rules.list(texts) }, { note: rules.text })

/** @param own Your own tables, shown after the results. */
export function renderReport(title: string, run: RunRecord, own: readonly ReportSection[] = []): string {
  checkArguments('renderReport()', { title: [title, rules.text], own: [own, rules.list(ownSection)] })
  checkRunRecord(run, title)
  const glossary = new Glossary()
  const opening = glossary.linked(lead(run))
  const sections = sectionsOf(run, own, glossary.linked)
    .filter(({ content }) => content !== '')
    .map(({ note = '', ...section }) => ({ ...section, note: glossary.linked(note) }))
  const all = withIds([...sections, { title: 'Glossary', content: glossary.render(), note: '' }])
  const links = all.map(({ id, title: name }) => `<li><a href="#${id}">${escapeHtml(name)}</a></li>`).join('')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<header><h1>${escapeHtml(title)}</h1><p class="lead">${opening}</p>${notices(run)}<nav aria-label="Contents"><ul>${links}</ul></nav></header>
<main>
${all.map(renderSection).join('\n')}
</main></body></html>
`
}

import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { Glossary, TERMS } from './glossary.ts'

test('docs/glossary.md has every term of the page, with the same meaning', async () => {
  const page = await readFile(new URL('../../../../docs/glossary.md', import.meta.url), 'utf8')
  const rows = new Map(
    page.split('\n').map(
      (line) =>
        line
          .split('|')
          .map((cell) => cell.trim())
          .slice(1, 3) as [string, string],
    ),
  )
  const plain = (text: string | undefined): string => (text ?? '').replaceAll('_', '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
  for (const { term, meaning } of TERMS) expect(plain(rows.get(term)), term).toContain(meaning)
})

test('the page explains the words of the field', async () => {
  const page = await readFile(new URL('../../../../docs/glossary.md', import.meta.url), 'utf8')
  const terms = Array.from(page.matchAll(/^\| ([^|]+?) +\|/gm), ([, term]) => term)
  expect(terms.length).toBeGreaterThan(20)
  const named = ['latent weight', 'BOP', 'tap', 'head', 'STE', 'flip ratio', 'threshold', 'stem', 'quantizer']
  expect(named.filter((term) => !terms.includes(term))).toEqual([])
})

test('its terms are in alphabetical order', () => {
  const terms = TERMS.map(({ term }) => term.toLowerCase())
  expect(terms).toEqual([...terms].sort())
})

test('links a term once in a text, in every form, and escapes the rest', () => {
  const { linked } = new Glossary()
  expect(linked('Losses <of> an epoch; the loss')).toBe(
    '<a href="#term-loss">Losses</a> &lt;of&gt; an <a href="#term-epoch">epoch</a>; the loss',
  )
  expect(linked('glossy recipe.json misstep')).toBe('glossy recipe.json misstep')
  expect(linked('latent weights')).toBe('<a href="#term-latent-weight">latent weights</a>')
})

test('explains only the terms that were linked', () => {
  const glossary = new Glossary()
  expect(glossary.render()).toBe('')
  glossary.linked('Flip ratio')
  expect(glossary.render()).toMatch(/^<dl class="glossary"><dt id="term-flip-ratio">flip ratio<\/dt><dd>[^<]+<\/dd><\/dl>$/)
})

/** The report page in a real browser: it renders, offline, and the console stays silent. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readRun, renderReport, trainStages } from '@onebit/train'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contrast } from './contrast.ts'
import { smallRun } from './small-run.ts'

const chromiumPath = process.env.ONEBIT_CHROMIUM ?? '/usr/bin/chromium'
const missing = existsSync(chromiumPath)
  ? undefined
  : `there is no Chromium at ${chromiumPath}; install it or set ONEBIT_CHROMIUM`

/** Every drawing has its own name and description. */
async function expectNames(charts: Locator): Promise<void> {
  const names = await charts.evaluateAll((all) =>
    all.map((svg) =>
      ['aria-labelledby', 'aria-describedby'].map((name) => document.getElementById(svg.getAttribute(name)!)?.textContent),
    ),
  )
  for (const [title, description] of names) {
    expect(title).toBeTruthy()
    expect(description).toMatch(/^(Line chart|Histogram)/)
  }
  expect(new Set(names.map(([title]) => title)).size).toBe(names.length)
}

/** Every link within the page leads somewhere, and every explained term is linked from somewhere. */
async function expectLinks(page: Page): Promise<void> {
  const targets = await page.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href')!))
  const ids = new Set(await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => `#${id}`)))
  expect(targets.filter((target) => !ids.has(target))).toEqual([])
  const terms = await page.locator('.glossary dt').evaluateAll((all) => all.map(({ id }) => `#${id}`))
  expect(terms.length).toBeGreaterThan(10)
  expect(terms.filter((term) => !targets.includes(term))).toEqual([])
}

/** Text as displayed: its color, its background, and the size that a reader sees, in pixels. */
async function expectReadable(page: Page): Promise<void> {
  const texts = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const found: { text: string; color: string; behind: string; size: number }[] = []
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement!
      const { height } = element.getBoundingClientRect()
      const text = walker.currentNode.textContent!.trim()
      if (text === '' || height < 2 || element.closest('style, title, desc, .stack thead')) continue
      const style = getComputedStyle(element)
      const svg = element.closest('svg')
      const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1
      let behind = 'rgb(255, 255, 255)'
      for (let at: Element | null = element; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at)
        if (backgroundColor === 'rgba(0, 0, 0, 0)') continue
        behind = backgroundColor
        break
      }
      found.push({ text, color: svg ? style.fill : style.color, behind, size: Number.parseFloat(style.fontSize) * scale })
    }
    return found
  })
  expect(texts.length).toBeGreaterThan(300)
  for (const { text, color, behind, size } of texts) {
    expect(contrast(color, behind), text).toBeGreaterThanOrEqual(4.5)
    expect(size, text).toBeGreaterThanOrEqual(11)
  }
}

describe('the report of a run in stages', () => {
  let folder: string
  let file: string
  let browser: Browser | undefined

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onebit-report-'))
    const { model } = await trainStages({ ...smallRun(), out: folder, recipe: { note: '<b>&' } })
    model.dispose()
    file = join(folder, 'report.html')
    await writeFile(file, renderReport('Stripes <on> one bit', await readRun(folder)))
  })

  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  if (missing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1') {
    test.skip(`renders in Chromium: skipped, ${missing}`, () => {})
    return
  }

  test('renders in Chromium without a request, a script or a word on the console', async () => {
    if (missing) throw new Error(missing)
    const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: [...args, '--disable-component-update', '--disable-sync'],
    })
    const page = await browser.newPage()
    const complaints: string[] = []
    const requests: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => requests.push(request.url()))
    const url = pathToFileURL(file).href
    await page.goto(url)

    expect(await page.title()).toBe('Stripes <on> one bit')
    const sections = await page.locator('h2').allTextContents()
    expect(sections).toEqual([
      'Results',
      'Training',
      'Stages',
      'Per class',
      'Confusion',
      'Samples',
      'Curves',
      'Epochs',
      'Layers',
      'Latent weights',
      'Run it again',
      'Glossary',
    ])
    expect(await page.locator('nav a').allTextContents()).toEqual(sections)
    expect(await page.locator('pre').last().textContent()).toContain('<b>&')
    // Three stages in the table, each with its share of the five epochs.
    const stages = page.locator('section[aria-labelledby=stages] tbody tr')
    expect(await stages.evaluateAll((rows) => rows.map((row) => row.children[2].textContent))).toEqual(['1', '2', '2'])
    expect(await page.locator('.heat td').count()).toBe(9)
    const pictures = page.locator('.samples img')
    const sizes = await pictures.evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth))
    expect(new Set(sizes)).toEqual(new Set([192]))
    // Three directions, six of each.
    expect(sizes).toHaveLength(18)

    const charts = page.getByRole('img').and(page.locator('svg'))
    expect(await charts.count()).toBe(4 + 6 + 4)
    await expectNames(charts)
    await expectLinks(page)
    for (const width of [390, 1300]) {
      await page.setViewportSize({ width, height: 800 })
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      // Neither the page nor a table in it scrolls sideways.
      const boxes = page.locator('.wide')
      expect(await boxes.evaluateAll((all) => all.filter((box) => box.scrollWidth > box.clientWidth).length)).toBe(0)
      await expectReadable(page)
    }

    expect(complaints).toEqual([])
    expect(requests.filter((request) => !request.startsWith('data:'))).toEqual([url])
  })
})

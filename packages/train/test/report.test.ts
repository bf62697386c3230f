/** The report page in a real browser: it renders, offline, and the console stays silent. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readRun, renderReport, trainStages } from '@onebit/train'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallRun } from './small-run.ts'

const chromiumPath = process.env.ONEBIT_CHROMIUM ?? '/usr/bin/chromium'
const missing = existsSync(chromiumPath)
  ? undefined
  : `there is no Chromium at ${chromiumPath}; install it or set ONEBIT_CHROMIUM`

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
    expect(await page.locator('h2').allTextContents()).toEqual([
      'Training',
      'Stages',
      'Per class',
      'Confusion: rows are labels, columns predictions',
      'Curves',
      'Layers',
      'Latent weights',
      'Sample predictions',
      'Recipe',
    ])
    expect(await page.locator('pre').textContent()).toContain('<b>&')
    // Three stages in the table, each with its share of the five epochs.
    const stages = page.locator('table').nth(1).locator('tbody tr')
    expect(await stages.evaluateAll((rows) => rows.map((row) => row.children[2].textContent))).toEqual(['1', '2', '2'])
    const charts = page.locator('.charts svg')
    expect(await charts.count()).toBe(4 + 5 + 4)
    for (const box of await charts.evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect().toJSON()))) {
      expect(box.width).toBeGreaterThan(200)
      expect(box.height).toBeGreaterThan(100)
    }
    expect(await page.getByText('Sign entropy of activations').count()).toBe(1)
    expect(await page.locator('.samples img').count()).toBe(16)
    const sizes = await page
      .locator('.samples img')
      .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth))
    expect(new Set(sizes)).toEqual(new Set([192]))
    for (const width of [390, 1300]) {
      await page.setViewportSize({ width, height: 800 })
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    }

    expect(complaints).toEqual([])
    expect(requests.filter((request) => !request.startsWith('data:'))).toEqual([url])
  })
})

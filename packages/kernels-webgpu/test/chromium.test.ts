/** The backend in Chromium: the published suite and random graphs, under a strict Content-Security-Policy. */
import { SEED } from '@onebit/testkit/random'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserMissing } from '../../../test/page.ts'
import { type ChromiumPage, openChromiumPage } from './chromium-page.ts'
import type { Comparison } from './random-cases.ts'

const GRAPHS = Number(process.env.ONEBIT_GRAPHS ?? 120)

const PAGE = `
import { webgpu } from '@onebit/kernels-webgpu'
import { kernelBackendCases } from './packages/testkit/src/backend/test-kernel-backend.ts'
import { compareGraphs } from './packages/kernels-webgpu/test/random-cases.ts'

const devices = []
const { requestDevice } = GPUAdapter.prototype
GPUAdapter.prototype.requestDevice = async function (descriptor) {
  devices.push(await requestDevice.call(this, descriptor))
  return devices.at(-1)
}
window.loseDevices = () => {
  for (const device of devices.splice(0)) device.destroy()
}

const backend = webgpu()
window.suite = async (seed) => {
  const failures = []
  const cases = kernelBackendCases(() => backend, { seed, graphs: 3 })
  for (const { name, run } of cases) await run().catch((error) => failures.push(name + ': ' + error.message))
  return { cases: cases.length, failures }
}
window.compareGraphs = (seed, count) => compareGraphs(backend, seed, count)
`

if (browserMissing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1') {
  test.skip(`in Chromium: skipped, ${browserMissing}`, () => {})
} else {
  describe('in Chromium', () => {
    let opened: ChromiumPage
    let page: Page

    beforeAll(async () => {
      if (browserMissing) throw new Error(browserMissing)
      opened = await openChromiumPage(PAGE)
      page = opened.page
      await page.waitForFunction('window.compareGraphs')
    })
    afterAll(() => opened?.close())

    test('the suite of kernel backends', async () => {
      const { cases, failures } = (await page.evaluate(`window.suite(${SEED})`)) as { cases: number; failures: string[] }
      expect(failures).toEqual([])
      expect(cases).toBeGreaterThan(24)
    })

    test('random graphs', { timeout: 1_000_000 }, async () => {
      const { compared, leftOut, difference } = (await page.evaluate(`window.compareGraphs(${SEED}, ${GRAPHS})`)) as Comparison
      expect(difference).toBeUndefined()
      console.info(`${compared} random graphs equal the reference in Chromium; ${leftOut} with subnormal numbers were left out`)
      expect(compared).toBeGreaterThan(0.8 * GRAPHS)
    })

    test('two tabs share the adapter, and the loss of a device in one leaves the other alone', { timeout: 300_000 }, async () => {
      const { page: other, complaints } = await opened.openTab()
      await other.waitForFunction('window.compareGraphs')
      const compare = (tab: Page, seed: number): Promise<Comparison> => tab.evaluate(`window.compareGraphs(${seed}, 4)`)
      const both = await Promise.all([compare(page, SEED), compare(other, SEED + 1)])
      for (const { compared, difference } of both) {
        expect(difference).toBeUndefined()
        expect(compared).toBeGreaterThan(0)
      }
      const running = compare(other, SEED + 2)
      expect(await page.evaluate('window.loseDevices(); true')).toBe(true)
      expect((await running).difference).toBeUndefined()
      // The tab whose device is gone acquires another one.
      expect((await compare(page, SEED + 3)).difference).toBeUndefined()
      expect(complaints).toEqual([])
      await other.close()
    })

    test('the console stays silent', () => {
      expect(opened.complaints).toEqual([])
    })
  })
}

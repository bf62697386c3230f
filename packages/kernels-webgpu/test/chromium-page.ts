/** A page in Chromium with WebGPU on the processor, under a strict Content-Security-Policy. */
import type { Page } from 'playwright-core'
import { bundlePage, openPage, PAGE_HTML, type SiteOptions, serveSite, startBrowser } from '../../../test/page.ts'

interface Tab {
  readonly page: Page
  /** Messages of the console and uncaught errors. */
  readonly complaints: readonly string[]
}

export interface ChromiumPage extends Tab {
  /** The browser's version. */
  readonly version: string
  /** Opens the page once more, in another tab of the browser. */
  openTab(): Promise<Tab>
  close(): Promise<void>
}

/** Flags for WebGPU. It runs on SwiftShader if there is no GPU. */
export const CHROMIUM_FLAGS: readonly string[] = ['--enable-unsafe-webgpu']

interface PageOptions extends Partial<SiteOptions> {
  /** The folder for the script's relative imports. Programs that are bundled themselves state it. Default: the root. */
  readonly root?: string
}

/** @param code The page's script, which imports the sources of the packages. */
export async function openChromiumPage(code: string, { root, ...site }: PageOptions = {}): Promise<ChromiumPage> {
  const { script } = await bundlePage(code, root)
  const { url, close } = await serveSite({ ...site, files: { '/': PAGE_HTML, '/page.js': script, ...site.files } })
  const browser = await startBrowser(CHROMIUM_FLAGS)
  const openTab = () => openPage(browser, url)
  return {
    ...(await openTab()),
    ...{ openTab, version: browser.version() },
    async close() {
      await browser.close()
      close()
    },
  }
}

/**
 * How long a picture takes to become an input of 224 x 224, and how much memory beside its own pixels: here, and in Chromium with
 * `--chromium`. Run after a build: `node packages/image/bench/prepare.mjs`. The
 * median and the least of 15 runs after 5 to warm up.
 */
import { createServer } from 'node:http'
import { checkFigures } from '../../../bench/figures.mjs'
import { preparePicture } from '../dist/index.js'

const PICTURES = { '500x375': [500, 375], '4000x3000': [4000, 3000], '8000x6000': [8000, 6000] }
const STEPS = {
  'center-crop': [{ type: 'center-crop', size: 224, shorterSide: 256 }],
  contain: [{ type: 'resize', size: 224 }],
}
const NORMALIZATION = { mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] }

/** Runs in a page too, so everything that it uses is an argument. */
function measure(prepare, pictures, steps, normalization, channels) {
  const rows = []
  for (const [size, [width, height]] of Object.entries(pictures)) {
    const data = new Uint8Array(width * height * channels)
    for (let index = 0; index < data.length; index++)
      data[index] = channels === 4 && index % 4 === 3 ? 255 : (index * 31) ^ (index >> 7)
    for (const [name, preparation] of Object.entries(steps)) {
      const times = []
      for (let run = -5; run < 15; run++) {
        const begin = performance.now()
        prepare({ data, width, height, channels }, preparation, { input: [224, 224, 3], normalization })
        if (run >= 0) times.push(performance.now() - begin)
      }
      times.sort((a, b) => a - b)
      rows.push({ size, channels, step: name, median: Number(times[7].toFixed(1)), least: Number(times[0].toFixed(1)) })
    }
  }
  return rows
}

/** Peak of resident memory minus the memory before, in MB, for one preparation of 48 megapixels. */
function memory() {
  const [width, height] = [8000, 6000]
  const picture = { data: new Uint8Array(width * height * 4).fill(200), width, height, channels: 4 }
  const peak = () => process.resourceUsage().maxRSS / 1024
  const before = peak()
  preparePicture(picture, STEPS['center-crop'], { input: [224, 224, 3], normalization: NORMALIZATION })
  return { pixels: picture.data.length / 2 ** 20, beside: peak() - before }
}

async function inChromium() {
  const { chromium } = await import('playwright-core')
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    stdin: {
      contents: `import { preparePicture } from './dist/index.js'; window.measure = (...rest) => (${measure})(preparePicture, ...rest)`,
      resolveDir: new URL('..', import.meta.url).pathname,
    },
    bundle: true,
    format: 'esm',
    write: false,
  })
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', request.url === '/page.js' ? 'text/javascript' : 'text/html')
    response.end(request.url === '/page.js' ? outputFiles[0].text : '<script type="module" src="/page.js"></script>')
  }).listen(0)
  const browser = await chromium.launch({
    executablePath: process.env.ONEBIT_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${server.address().port}/`)
    await page.waitForFunction('window.measure')
    return await page.evaluate(([...args]) => window.measure(...args), [PICTURES, STEPS, NORMALIZATION, 4])
  } finally {
    await browser.close()
    server.close()
  }
}

const used = memory()
console.log(`48 megapixels, RGBA: ${used.pixels.toFixed(0)} MB of pixels, ${used.beside.toFixed(1)} MB more at most`)
console.log(`Node ${process.versions.node}`)
const tell = (what, rows) => {
  console.table(rows)
  checkFigures(what, rows)
}
tell(
  'Node',
  [3, 4].flatMap((channels) => measure(preparePicture, PICTURES, STEPS, NORMALIZATION, channels)),
)
if (process.argv.includes('--chromium')) {
  console.log('Chromium')
  tell('Chromium', await inChromium())
}

/** A drawing or a picture, classified at each change on the backend that one word names. */
import { imageClassifier } from '@onebit/classify/deployment'
import { autoBackend, createRegistry, load, referenceBackend } from '@onebit/core'
import wasmBackends, { wasmBackend } from '@onebit/kernels-wasm'
import webgpuBackends, { webgpuBackend } from '@onebit/kernels-webgpu'

const threads = { plugin: wasmBackend, options: { threads: 'auto' } }
const auto = autoBackend([webgpuBackend, threads, wasmBackend, referenceBackend])
const registry = createRegistry([auto, webgpuBackends, wasmBackends, referenceBackend])

const TIMED_RUNS = 15

const byId = (id) => document.getElementById(id)
const [canvas, select] = [byId('picture'), byId('backend')]
const pen = canvas.getContext('2d')

/** The network of the word that is chosen. */
let current

function tell(text, reasons = []) {
  byId('chosen').textContent = text
  byId('reasons').replaceChildren(
    ...reasons.map(({ backend, reason }) =>
      Object.assign(document.createElement('li'), { textContent: `${backend}: ${reason}` }),
    ),
  )
}

function show(classes) {
  const rows = classes.map(({ label, probability }) => {
    const row = document.createElement('li')
    const [name, bar, share] = ['span', 'div', 'span'].map((tag) => document.createElement(tag))
    name.textContent = label
    bar.className = 'bar'
    bar.style.setProperty('--share', `${100 * probability}%`)
    share.textContent = `${(100 * probability).toFixed(1)} %`
    row.append(name, bar, share)
    return row
  })
  byId('classes').replaceChildren(...rows)
}

async function classify() {
  const { classifier, network } = current
  try {
    show(await classifier.classify(canvas, { top: 5 }))
    tell(`The backend is ${network.backend}.`, network.passedOver)
  } catch (error) {
    tell(error.message)
  }
}

async function measure() {
  const { classifier, network } = current
  const times = []
  for (let run = 0; run < TIMED_RUNS; run++) {
    const start = performance.now()
    await classifier.classify(canvas)
    times.push(performance.now() - start)
  }
  if (current?.network !== network) return
  byId('time').textContent = `${times.sort((a, b) => a - b)[TIMED_RUNS >> 1].toFixed(1)} ms a picture`
}

/** Loads the network for a backend. The last choice counts, however long each takes. */
let choices = 0
async function choose(backend) {
  const choice = ++choices
  document.body.removeAttribute('data-ready')
  byId('time').textContent = ''
  tell(`Loading the network for ${backend}.`)
  try {
    const network = await load('/model.safetensors', { backend, registry })
    if (choice !== choices) return network.dispose()
    current?.network.dispose()
    current = { network, classifier: imageClassifier(network) }
    await classify()
    await measure()
  } catch (error) {
    if (choice === choices) tell(error.message)
  }
  if (choice === choices) document.body.setAttribute('data-ready', backend)
}

/** Classifies again, but one picture at a time: what changes meanwhile is seen by the next. */
let [busy, changed] = [false, false]
async function changedPicture() {
  changed = true
  if (busy || !current) return
  busy = true
  while (changed) {
    changed = false
    await classify()
  }
  busy = false
}

function clear() {
  pen.fillStyle = '#000'
  pen.fillRect(0, 0, canvas.width, canvas.height)
}

function drawBoot() {
  clear()
  pen.fillStyle = '#c8c8c8'
  pen.fill(new Path2D('M95 40 L165 40 L160 150 Q190 170 235 178 Q250 190 246 215 L60 215 L62 190 Z'))
  pen.fillStyle = '#707070'
  pen.fillRect(58, 212, 190, 18)
}

/** Fits a picture into the drawing area. */
async function drawFile(file) {
  const picture = await createImageBitmap(file).catch(() => undefined)
  if (!picture) return tell('This browser cannot read the file as a picture.')
  const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height)
  const [width, height] = [picture.width * scale, picture.height * scale]
  clear()
  pen.drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height)
  picture.close()
  await changedPicture()
}

function placeOf({ clientX, clientY }) {
  const { left, top, width, height } = canvas.getBoundingClientRect()
  return [((clientX - left) / width) * canvas.width, ((clientY - top) / height) * canvas.height]
}

let last
canvas.addEventListener('pointerdown', (event) => {
  canvas.setPointerCapture(event.pointerId)
  last = placeOf(event)
})
canvas.addEventListener('pointermove', (event) => {
  if (!last) return
  const next = placeOf(event)
  Object.assign(pen, { strokeStyle: '#fff', lineWidth: 22, lineCap: 'round' })
  pen.beginPath()
  pen.moveTo(...last)
  pen.lineTo(...next)
  pen.stroke()
  last = next
  void changedPicture()
})
for (const type of ['pointerup', 'pointercancel']) canvas.addEventListener(type, () => (last = undefined))

byId('clear').addEventListener('click', () => {
  clear()
  void changedPicture()
})
byId('boot').addEventListener('click', () => {
  drawBoot()
  void changedPicture()
})
byId('file').addEventListener('change', ({ target }) => void (target.files[0] && drawFile(target.files[0])))
select.addEventListener('change', () => void choose(select.value))

drawBoot()
await choose(select.value)

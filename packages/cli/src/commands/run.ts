/** `onebit run`: runs a frozen file on one picture and shows the prediction. */
import {
  checkArgument,
  checkOptions,
  type DescribedRow,
  type JsonValue,
  load,
  rules,
  type ValueRules,
  writeFileAtomically,
} from '@onebit/core'
import {
  borderColor,
  createPipeline,
  encodePng,
  invertPicture,
  type Picture,
  pictureOf,
  readPictureMetadata,
  toChannels,
} from '@onebit/image'
import { type Command, Option } from 'commander'
import * as argument from '../argument-rules.ts'
import { backendNamed, DEFAULT_BACKEND, tellChoice } from '../backends.ts'
import { finishCommand, type Host, integer } from '../command.ts'
import { formatBar, formatPercent } from '../format.ts'
import { protectFiles } from '../output-file.ts'
import { readPictureFile } from '../picture.ts'
import { runtimeRegistry } from '../plugins/runtime-registry.ts'
import { taskNamed } from '../plugins/task-named.ts'
import { Shell } from '../shell.ts'

export interface RunFileOptions {
  /** A path, or an address of the web. */
  readonly file: string
  /** A path, or an address of the web. */
  readonly image: string
  /** The task of the network, if the file does not name it. Default: `classify`. */
  readonly task?: string
  /** A name, or `wasm:threads=auto`. Default: `wasm`. */
  readonly backend?: string
  /** Exchange light and dark. */
  readonly invert?: boolean
  /** What is behind transparent pixels. Default: black, as in training. */
  readonly background?: (typeof BACKGROUNDS)[number]
  /** Number of rows, if the task ranks its predictions. Default: the task's own. */
  readonly top?: number
  /** PNG file for the picture with the prediction drawn on it. */
  readonly draw?: string
  /** Packages, paths or URLs of plugin modules. */
  readonly plugins?: readonly string[]
}

const BACKGROUNDS = ['black', 'white', 'checkerboard'] as const

const OPTIONS: ValueRules<keyof RunFileOptions> = {
  file: argument.filledText,
  image: argument.filledText,
  task: argument.filledText,
  backend: argument.filledText,
  invert: rules.boolean,
  background: rules.oneOf(BACKGROUNDS),
  top: rules.integer({ minimum: 1 }),
  draw: argument.localPath,
  plugins: argument.names,
}

export interface RunFileResult {
  readonly file: string
  readonly image: string
  readonly task: string
  readonly backend: string
  /** The prediction in the task's own form. */
  readonly prediction: JsonValue
  /** The prediction as rows for people, the most important first. */
  readonly rows: readonly DescribedRow[]
  /** Path of the drawn picture, if it was asked for. */
  readonly drawn?: string
}

/** A few clear pixels, as at rounded corners, hide no lines. */
const LEAST_TRANSPARENT = 0.05

/** Suggests `--invert` if light and dark seem to be exchanged. */
function checkBackground(seen: Picture, background: 'dark' | 'light' | undefined, invert: boolean, shell: Shell): void {
  if (!background) return
  const border = borderColor(seen)
  const brightness = border.reduce((sum, value) => sum + value, 0) / border.length / 255
  if ((brightness > 0.5 ? 'light' : 'dark') === background) return
  const fix = invert ? 'Try without --invert.' : 'Try --invert.'
  shell.note(`The network was trained on pictures with a ${background} background, and this picture has another one. ${fix}`)
}

/** Share of a picture's pixels through which more of the background shows than of their own color. */
function transparentShare({ data, channels }: Picture): number {
  if (channels !== 4) return 0
  let count = 0
  for (let at = 3; at < data.length; at += 4) if (data[at] < 128) count++
  return (4 * count) / data.length
}

/** Says that black is behind transparent pixels: dark lines of a logo vanish on it. */
function checkTransparency(picture: Picture, shell: Shell): void {
  const share = transparentShare(picture)
  if (share < LEAST_TRANSPARENT) return
  shell.note(
    `${formatPercent(share, 0)} of the picture is transparent, and black is behind it. Dark lines are lost on black: try --background white.`,
  )
}

function tellAssumptions(assumptions: readonly string[], shell: Shell): void {
  for (const assumption of assumptions) shell.note(assumption)
  if (assumptions.length > 0) shell.note('A program states all of this with freeze(model, { metadata: taskMetadata(...) }).')
}

/**
 * @throws ModelFormatError or FileError if the model or the picture cannot be read; UsageError if no plugin knows the file's task, or
 * if `draw` is the model or the picture; OutputError if the network's outputs are not finite;
 * InputError if the network takes no pictures; PluginLoadError.
 */
export async function runFile(options: RunFileOptions, shell = new Shell()): Promise<RunFileResult> {
  checkArgument('runFile()', 'shell', shell, argument.shell)
  const {
    file,
    image,
    task = 'classify',
    backend: backendName = DEFAULT_BACKEND,
    invert = false,
    background,
    top,
    draw,
    plugins,
  } = checkOptions('runFile()', options, OPTIONS, ['file', 'image'])
  await protectFiles('--draw', draw, [file, image])
  const registry = await runtimeRegistry(plugins)
  const backend = await backendNamed(registry, backendName)
  const network = await load(file, { backend })
  try {
    tellChoice(network, shell)
    const runtime = await taskNamed(registry, network.metadata.task ?? task, file, network.metadata).runtime()
    const pipeline = createPipeline(network, runtime)
    const read = await readPictureFile(image, shell.signal)
    if (background === undefined) checkTransparency(read, shell)
    const given = background !== undefined && read.channels === 4 ? toChannels(read, 3, background) : read
    const picture = invert ? invertPicture(given) : given
    tellAssumptions(pipeline.assumptions, shell)
    const { picture: seen } = await pipeline.prepare(picture)
    checkBackground(seen, readPictureMetadata(network.metadata).background, invert, shell)
    const prediction = await pipeline.run(picture)
    if (draw !== undefined) {
      const { data, width, height } = await pipeline.draw(given, prediction)
      await writeFileAtomically(draw, encodePng(pictureOf(Uint8Array.from(data), width, height)))
    }
    return {
      file,
      image,
      task: runtime.name,
      backend: network.backend,
      prediction: runtime.toJson(prediction, pipeline.facts, top),
      rows: runtime.describe(prediction, pipeline.facts, top),
      ...(draw !== undefined && { drawn: draw }),
    }
  } finally {
    network.dispose()
  }
}

function print({ rows, drawn }: RunFileResult, shell: Shell): void {
  const { bold, green, dim } = shell.colors
  const names = rows.map(({ label }) => shell.visible(label))
  const width = Math.max(0, ...names.map(({ length }) => length))
  for (const [rank, { score, detail }] of rows.entries()) {
    const name = names[rank].padEnd(width)
    const share = score === undefined ? '' : `  ${green(formatBar(score))}  ${formatPercent(score, 1).padStart(7)}`
    shell.print(`${rank === 0 ? bold(name) : name}${share}${detail ? `  ${dim(shell.visible(detail))}` : ''}`.trimEnd())
  }
  if (rows.length === 0) shell.print('nothing')
  if (drawn !== undefined) shell.print(`saved ${bold(drawn)}`)
}

export async function addRun(command: Command, host: Host): Promise<void> {
  const backends = (await runtimeRegistry())
    .list('backend')
    .map(({ name }) => name)
    .join(', ')
  command
    .argument('<file>', 'a file that `onebit freeze` wrote; a path or an address')
    .argument('<image>', 'PNG, JPEG, WebP, GIF, AVIF or TIFF, at a path or an address; prepared like the training pictures')
    .option('--backend <name>', `${backends}, with options after a colon`, DEFAULT_BACKEND)
    .option('--invert', 'exchange light and dark')
    .addOption(new Option('--background <name>', 'what is behind transparent pixels (default: black)').choices(BACKGROUNDS))
    .option('--top <number>', 'number of rows (default: three classes, all joints)', integer(1))
    .option('--draw <file>', 'write the picture as PNG, with the prediction drawn on it')
    .option('--task <name>', 'task of the network, if the file does not name it (default: classify)')
  finishCommand(command, host, {
    examples: [
      'run first.safetensors shoe.png',
      'run first.safetensors photo.jpg --invert --draw seen.png',
      'run count.safetensors jar.jpg --plugin onebit-plugin-counting',
    ],
    notes:
      'Fashion-MNIST pictures are light on dark. A photo of a shoe on a white background is dark on light: add --invert.\nIf a file lacks a fact, the command assumes a value and says so on standard error.',
    run: ([file, image], flags: Omit<RunFileOptions, 'file' | 'image'>, shell) => runFile({ ...flags, file, image }, shell),
    print,
  })
}

/** `onebit run`: what a frozen file sees in one picture. */
import { assumptionsOf, readClassifierMetadata } from '@onebit/classify/deployment'
import { load } from '@onebit/core'
import type { Command } from 'commander'
import { BACKENDS, backendNamed } from '../backends.ts'
import { finishCommand, type Host, integer } from '../command.ts'
import { augmentationsOf } from '../datasets/augmentation-schema.ts'
import { formatBar, formatPercent } from '../format.ts'
import { readPicture } from '../picture.ts'
import { Shell } from '../shell.ts'

export interface RunFileOptions {
  readonly file: string
  readonly image: string
  readonly backend?: string
  /** Exchange light and dark. */
  readonly invert?: boolean
  /** How many labels. Default: 3. */
  readonly top?: number
}

export interface RunFileResult {
  readonly file: string
  readonly image: string
  readonly backend: string
  /** Best first. Without labels in the file, a label is the index as text. */
  readonly top: readonly { readonly label: string; readonly index: number; readonly score: number }[]
}

function tellAssumptions(assumptions: readonly string[], shell: Shell): void {
  for (const assumption of assumptions) shell.note(assumption)
  if (assumptions.length > 0) shell.note('A program states both with freeze(model, { metadata: classifierMetadata(data) }).')
}

/**
 * @throws ModelFormatError or FileError if the model or the picture cannot be read; UsageError if the network takes no pictures.
 */
export async function runFile(
  { file, image, backend: backendName = 'wasm', invert, top = 3 }: RunFileOptions,
  shell = new Shell(),
): Promise<RunFileResult> {
  const backend = await backendNamed(backendName)
  const network = await load(file, { backend })
  try {
    const metadata = readClassifierMetadata(network.metadata)
    const { labels, normalization, background } = metadata
    const preparation = metadata.preparation && augmentationsOf(metadata.preparation)
    const [input] = network.inputs
    const picture = await readPicture(image, { input: input.shape, normalization, preparation, invert })
    tellAssumptions(assumptionsOf(metadata), shell)
    if (background && (picture.border > 0.5 ? 'light' : 'dark') !== background) {
      shell.note(
        `The network was trained on pictures with a ${background} background; this one's is not. ${invert ? 'Try without --invert.' : 'Try --invert.'}`,
      )
    }
    const outputs = await network.run({ [input.name]: picture.values })
    const scores = Array.from(outputs[network.outputs[0].name])
    const best = scores
      .map((score, index) => ({ label: labels?.[index] ?? `${index}`, index, score }))
      .sort((a, b) => b.score - a.score)
      .slice(0, top)
    return { file, image, backend: backend.name, top: best }
  } finally {
    network.dispose()
  }
}

function print({ top }: RunFileResult, shell: Shell): void {
  const { bold, green } = shell.colors
  const names = top.map(({ label }) => shell.visible(label))
  const width = Math.max(...names.map(({ length }) => length))
  top.forEach(({ score }, rank) => {
    const name = names[rank].padEnd(width)
    shell.print(`${rank === 0 ? bold(name) : name}  ${green(formatBar(score))}  ${formatPercent(score, 1).padStart(7)}`)
  })
}

export function addRun(program: Command, host: Host): void {
  const command = program
    .command('run')
    .description('classify a picture with a frozen file')
    .argument('<file>', 'a file that `onebit freeze` wrote')
    .argument('<image>', 'PNG, JPEG, WebP, GIF, AVIF or TIFF; fitted into the input of the network')
    .option('--backend <name>', BACKENDS.join(' or '), 'wasm')
    .option('--invert', 'exchange light and dark')
    .option('--top <labels>', 'how many labels to show', integer(1), 3)
  finishCommand(command, host, {
    examples: ['run first.safetensors shoe.png', 'run first.safetensors photo.jpg --invert'],
    notes:
      'Fashion-MNIST pictures are light on dark. A photo of a shoe on a white ground is dark on light: give --invert.\nA file that names no classes or no normalization still runs; what is assumed is told on standard error.',
    run: ([file, image], flags: Omit<RunFileOptions, 'file' | 'image'>, shell) => runFile({ ...flags, file, image }, shell),
    print,
  })
}

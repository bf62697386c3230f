/**
 * The glossary of the page: explains the report's terms to readers who do not know them. `docs/glossary.md` has the same texts.
 */
import { escapeHtml, idOf } from './html.ts'

export interface GlossaryTerm {
  readonly term: string
  /** Other forms that become links too, in any case. */
  readonly forms?: readonly string[]
  readonly meaning: string
}

export const TERMS: readonly GlossaryTerm[] = [
  { term: 'activation', forms: ['activations'], meaning: 'A value between two layers. A binary activation is -1 or +1.' },
  {
    term: 'BOP',
    forms: ['BOPs'],
    meaning: 'Binary operation: one XNOR and one count of a bit. Papers count 64 of them as one floating-point operation.',
  },
  {
    term: 'confusion',
    forms: ['confusions'],
    meaning:
      'Confusion matrix: a row for each true class, a column for each predicted class. Right predictions lie on the diagonal.',
  },
  {
    term: 'dead channel',
    forms: ['dead channels'],
    meaning: 'A channel whose sign is the same for all pictures examined. It carries no information.',
  },
  {
    term: 'engine',
    meaning: 'The TensorFlow.js backend that computes training steps, such as WebAssembly or native TensorFlow.',
  },
  { term: 'epoch', forms: ['epochs'], meaning: 'One pass over all training pictures.' },
  {
    term: 'flip ratio',
    meaning: 'The share of binary weights whose sign changed during an epoch. It falls as training settles.',
  },
  { term: 'FLOP', forms: ['FLOPs'], meaning: 'Floating-point operation: one multiplication and one addition of real numbers.' },
  {
    term: 'freeze',
    forms: ['frozen', 'freezes'],
    meaning: 'To turn a trained model into a graph of packed bits. The graph computes the same outputs as the model.',
  },
  {
    term: 'IoU',
    forms: ['mIoU'],
    meaning:
      'Intersection over union: the pixels in both prediction and label, divided by the pixels in either. mIoU is the mean over the classes.',
  },
  {
    term: 'latent weight',
    forms: ['latent weights'],
    meaning: 'The real number behind a binary weight. Training moves it. The forward pass uses its sign.',
  },
  { term: 'learning rate', meaning: 'The size of a training step: the factor between gradient and change of the weights.' },
  {
    term: 'loss',
    forms: ['losses'],
    meaning: 'The number that training minimizes: the distance between predictions and annotations.',
  },
  {
    term: 'one-bit weight',
    forms: ['1-bit parameters', 'one-bit weights', 'binary weights'],
    meaning: 'A weight that is stored as a single bit: one of two values, most often -1 and +1 times a scale.',
  },
  { term: 'precision', meaning: 'Of the pictures or pixels that were predicted as a class, the share that belongs to it.' },
  {
    term: 'quantizer',
    forms: ['quantizers'],
    meaning: 'A function from real values to a few levels, most often -1 and +1, with its pseudo-gradient and its frozen form.',
  },
  { term: 'recall', meaning: 'Of the pictures or pixels that belong to a class, the share that was predicted as that class.' },
  {
    term: 'recipe',
    forms: ['recipes'],
    meaning: 'A JSON file that describes a run completely: data set, model, training, stages.',
  },
  {
    term: 'saturated gradient',
    forms: ['saturated gradients'],
    meaning:
      'A gradient that a quantizer blocks because the value lies too far from the threshold. The value then learns nothing in that step.',
  },
  { term: 'sign entropy', meaning: 'The balance of the signs, in bits: 1 means as many +1 as -1, 0 means always the same sign.' },
  {
    term: 'stage',
    forms: ['stages'],
    meaning: 'A part of training with its own settings, such as binary activations and real weights.',
  },
  { term: 'step', forms: ['steps'], meaning: 'One update of the weights, after one batch of pictures.' },
  {
    term: 'test pictures',
    forms: ['test loss'],
    meaning: 'Pictures that training never uses. The final metrics are measured on them.',
  },
  {
    term: 'validation pictures',
    forms: ['validation loss'],
    meaning: 'Training pictures that are held out to compare epochs. The network does not train on them.',
  },
]

const byForm = new Map(TERMS.flatMap((entry) => [entry.term, ...(entry.forms ?? [])].map((form) => [form.toLowerCase(), entry])))

/** Longer forms come first, so that `latent weights` is not matched as `latent weight`. */
const FORMS = new RegExp(
  `(?<![\\p{L}\\p{N}-])(${[...byForm.keys()].sort((a, b) => b.length - a.length).join('|')})(?![\\p{L}\\p{N}-]|\\.\\w)`,
  'giu',
)

/** Links terms and remembers which ones the page uses. */
export class Glossary {
  readonly #used = new Set<GlossaryTerm>()

  /** Converts plain text to HTML. The first occurrence of each term links to its explanation. */
  readonly linked = (text: string): string => {
    let html = ''
    let end = 0
    const seen = new Set<GlossaryTerm>()
    for (const { 0: form, index } of text.matchAll(FORMS)) {
      const entry = byForm.get(form.toLowerCase())!
      if (seen.has(entry)) continue
      seen.add(entry)
      this.#used.add(entry)
      html += `${escapeHtml(text.slice(end, index))}<a href="#term-${idOf(entry.term)}">${escapeHtml(form)}</a>`
      end = index + form.length
    }
    return html + escapeHtml(text.slice(end))
  }

  /** The terms that were linked, as a list. Call it last. */
  render(): string {
    const entries = TERMS.filter((entry) => this.#used.has(entry)).map(
      ({ term, meaning }) => `<dt id="term-${idOf(term)}">${escapeHtml(term)}</dt><dd>${escapeHtml(meaning)}</dd>`,
    )
    return entries.length === 0 ? '' : `<dl class="glossary">${entries.join('')}</dl>`
  }
}

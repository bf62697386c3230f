/** The page's glossary: the words of the report, for people who do not know them. `docs/glossary.md` says the same of each. */
import { escapeHtml, idOf } from './html.ts'

export interface GlossaryTerm {
  readonly term: string
  /** Other forms that are linked, without regard to case. */
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
      'A table of what was taken for what: a row for each true class, a column for each predicted one. What is right lies on the diagonal.',
  },
  {
    term: 'dead channel',
    forms: ['dead channels'],
    meaning: 'A channel whose sign is the same for every picture looked at: it tells nothing.',
  },
  {
    term: 'engine',
    meaning: 'What computes training steps: a backend of TensorFlow.js, such as WebAssembly or native TensorFlow.',
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
    meaning: 'Turning a trained model into a graph of packed bits. What the graph computes is what the model computes.',
  },
  {
    term: 'IoU',
    forms: ['mIoU'],
    meaning:
      'Intersection over union: the pixels that prediction and label share, divided by those that either has. mIoU is the mean over the classes.',
  },
  {
    term: 'latent weight',
    forms: ['latent weights'],
    meaning: 'The real number behind a binary weight. Training moves it; the forward pass uses its sign.',
  },
  { term: 'learning rate', meaning: 'How far a training step moves the weights.' },
  {
    term: 'loss',
    forms: ['losses'],
    meaning: 'The number that training makes small: how far predictions are from the annotations.',
  },
  {
    term: 'one-bit weight',
    forms: ['1-bit parameters', 'one-bit weights', 'binary weights'],
    meaning: 'A weight that is stored as a single bit: one of two values, most often -1 and +1 times a scale.',
  },
  { term: 'precision', meaning: 'Of the pictures or pixels that were taken for a class, the share that is of that class.' },
  {
    term: 'quantizer',
    forms: ['quantizers'],
    meaning: 'A function from real values to a few levels, most often -1 and +1, with its pseudo-gradient and its frozen form.',
  },
  { term: 'recall', meaning: 'Of the pictures or pixels of a class, the share that was recognized.' },
  {
    term: 'recipe',
    forms: ['recipes'],
    meaning: 'A JSON file that says everything about a run: data set, model, training, stages.',
  },
  {
    term: 'saturated gradient',
    forms: ['saturated gradients'],
    meaning:
      'A gradient that a quantizer stops, because its value lies too far from the threshold. The value then learns nothing from the step.',
  },
  { term: 'sign entropy', meaning: 'How evenly signs are split, in bits: 1 is as many +1 as -1, 0 is always the same sign.' },
  {
    term: 'stage',
    forms: ['stages'],
    meaning: 'A part of training with settings of its own, such as binary activations with real weights.',
  },
  { term: 'step', forms: ['steps'], meaning: 'One change of the weights, made after one batch of pictures.' },
  {
    term: 'test pictures',
    forms: ['test loss'],
    meaning: 'Pictures that the network was not trained on. The final numbers are measured on them.',
  },
  {
    term: 'validation pictures',
    forms: ['validation loss'],
    meaning: 'Training pictures that were held out to judge epochs by. The network is not trained on them.',
  },
]

const byForm = new Map(TERMS.flatMap((entry) => [entry.term, ...(entry.forms ?? [])].map((form) => [form.toLowerCase(), entry])))

/** Longer forms first: `latent weights` is not `latent weight` and an s. */
const FORMS = new RegExp(
  `(?<![\\p{L}\\p{N}-])(${[...byForm.keys()].sort((a, b) => b.length - a.length).join('|')})(?![\\p{L}\\p{N}-]|\\.\\w)`,
  'giu',
)

/** Links terms and remembers which the page has. */
export class Glossary {
  readonly #used = new Set<GlossaryTerm>()

  /** Plain text as HTML; the first time that a text has a term, it is a link to the explanation. */
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

  /** The terms that were linked, as a list; call it last. */
  render(): string {
    const entries = TERMS.filter((entry) => this.#used.has(entry)).map(
      ({ term, meaning }) => `<dt id="term-${idOf(term)}">${escapeHtml(term)}</dt><dd>${escapeHtml(meaning)}</dd>`,
    )
    return entries.length === 0 ? '' : `<dl class="glossary">${entries.join('')}</dl>`
  }
}

/**
 * The ladder of human pose on drawn people, in small: narrow hourglasses on pictures of 96x96. Each rung changes one thing of the
 * rung it is compared with, and every run sees the same number of pictures.
 *
 * Bulat, Tzimiropoulos, Kossaifi, Pantic: Improved Training of Binary Networks for Human Pose Estimation and Image Recognition
 * (2019), arXiv 1904.05868; He, Zhang, Wu, Zhou: Binarizing by Classification (2022), arXiv 2205.07433, on SimpleBaseline.
 */

const EPOCHS = 4

const dataset = {
  name: 'synthetic-people',
  size: 96,
  train: 6000,
  test: 1000,
  batch: 16,
  augment: [{ type: 'horizontal-flip' }],
}
const training = { optimizer: 'adam', learningRate: 0.002, schedule: 'cosine', weightDecay: 0, losses: ['sigmoid-cross-entropy'] }
const bent = { name: 'hierarchical', prelu: true }
const plain = { name: 'hierarchical', prelu: false }

/** An hourglass, trained in stages. Each stage has a share of the epochs. */
const hourglass = ({ stacks = 1, block = bent, stages }) => ({
  dataset,
  model: { network: { name: 'hourglass', width: 32, depth: 3, stacks }, block, activation: 'ste-sign', weight: 'xnor' },
  training,
  stages: stages.map((stage) => ({ epochs: EPOCHS / stages.length, ...stage })),
})

const atOnce = [{ name: 'binary', binary: 'both' }]
/** Features first, then weights. */
const inReverse = (features = {}) => [
  { name: 'binary features', binary: 'activations', ...features },
  { name: 'binary weights too', binary: 'both' },
]
const progressive = inReverse({ activation: { name: 'progressive-sign', form: 'tanh', start: 1, end: 65536 } })

/** The progressive stages with soft labels of another rung's network, of the same seed. */
const taught = (rung) =>
  progressive.map((stage) => ({
    ...stage,
    teacher: { rung },
    losses: ['sigmoid-cross-entropy', { name: 'soft-labels', weight: 1 }],
  }))

/** SimpleBaseline of a quarter of the channels. */
const simpleBaseline = (weight, groups) => ({
  dataset,
  model: {
    network: { name: 'simple-baseline', depth: 18, width: 16, channels: 64, stem: 'norm-prelu' },
    block: 'binarizing-by-classification',
    activation: 'approx-sign',
    weight,
  },
  training: { ...training, losses: ['mean-squared-error'] },
  stages: [{ name: 'binary', binary: 'both', epochs: EPOCHS, ...(groups && { groups }) }],
})

/** `against` names the rung that a rung is compared with. A rung comes after the rung that teaches it. */
export const rungs = [
  { name: 'real', title: 'real hourglass', recipe: hourglass({ stages: [{ name: 'real', binary: 'none' }] }) },
  { name: 'baseline', title: 'binary hourglass, XNOR-Net weights', recipe: hourglass({ block: plain, stages: atOnce }) },
  { name: 'prelu', title: 'with PReLU', against: 'baseline', recipe: hourglass({ stages: atOnce }) },
  { name: 'reverse-order', title: 'features before weights', against: 'prelu', recipe: hourglass({ stages: inReverse() }) },
  { name: 'progressive', title: 'a sign that sharpens', against: 'reverse-order', recipe: hourglass({ stages: progressive }) },
  { name: 'two-stacks', title: 'two stacks', against: 'progressive', recipe: hourglass({ stacks: 2, stages: progressive }) },
  { name: 'three-stacks', title: 'three stacks', against: 'progressive', recipe: hourglass({ stacks: 3, stages: progressive }) },
  { name: 'real-teacher', title: 'a real teacher', against: 'progressive', recipe: hourglass({ stages: taught('real') }) },
  {
    name: 'binary-teacher',
    title: 'a binary teacher',
    against: 'progressive',
    recipe: hourglass({ stages: taught('progressive') }),
  },
  { name: 'simple-baseline', title: 'binary SimpleBaseline', recipe: simpleBaseline('magnitude-aware-sign') },
  {
    name: 'mlp-classifier',
    title: 'weights by an MLP classifier',
    against: 'simple-baseline',
    recipe: simpleBaseline({ name: 'mlp-classifier', initial: 'released' }, [
      { weights: ['quantizer'], optimizer: 'adam', learningRate: 0.001, schedule: 'cosine' },
    ]),
  },
]

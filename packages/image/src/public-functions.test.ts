/** Calls the functions on pictures with garbage: see `test/public-functions.ts`. */
import { compileGraph, GraphBuilder, reference } from '@onebit/core'
import { type Trials, testPublicFunctions } from '../../../test/public-functions.ts'
import * as image from './index.ts'

const picture = image.blankPicture(6, 4, 3, 90)
const gray = image.blankPicture(6, 4, 1, 90)
const drawn = (): image.Picture => image.copyPicture(picture)
const box = { top: 1, left: 1, height: 2, width: 2 }
const red = [255, 0, 0]
const stroke = { color: red, width: 1, opacity: 1 }
const half = { mean: 0.5, standardDeviation: [0.25, 0.25, 0.25] }
const crop = { type: 'center-crop', size: 2, shorterSide: 3 }
const scale = { type: 'resize', size: [2, 3], mode: 'contain', fill: 'border' }
const placing = { channels: 3, background: 'white', fill: 0 }

const builder = new GraphBuilder()
builder.output('mean', builder.node('mean', { inputs: [builder.input('image', [4, 4, 3])], attributes: { axes: [0, 1] } }))
const network = await compileGraph(builder.build(), reference)
const runtime = {
  name: 'plain',
  writeMetadata: () => ({ labels: '[]' }),
  readMetadata: () => ({}),
  complete: () => ({ facts: {}, assumptions: [] }),
  decode: () => 1,
  draw: (given: image.Picture) => given,
}
const pipeline = image.createPipeline(network, runtime as never)
const seeing = image.withMirrorImage(network, { name: 'x', mirrorOutputs: (outputs) => outputs }, {})

const trials: Trials = {
  horizontalFlip: [8],
  inOrder: [image.IDENTITY, image.scaling(2)],
  inverse: [image.scaling(2)],
  moveRectangle: [image.scaling(2), box],
  movePoints: [image.scaling(2), [1, 2, 3, 4]],
  rotation: [30, 1, 2],
  scaling: [2, 3],
  translation: [1, 2],
  borderColor: [picture],
  centerCrop: { good: [picture, { size: 2, shorterSide: 3 }, placing], options: [1, 2] },
  checkCenterCrop: { good: [{ size: 2, shorterSide: 3 }], options: [0] },
  completeClassNames: [['a', 'b'], 2],
  readClassNames: [{ labels: '["a"]' }],
  writeClassNames: [{ classes: ['a'] }],
  highBytes: [Uint16Array.of(1, 2)],
  toChannels: [picture, 1, 'white'],
  crop: [picture, box, [1, 2, 3]],
  paste: {
    good: [picture, picture, 1, 1],
    call: (_: never, ...given: never[]) => image.paste(drawn(), ...(given as [never, never, never])),
  },
  classColor: [3],
  contactSheet: {
    good: [
      [{ picture, caption: 'x', color: red }],
      { size: 16, columns: 2, mode: 'contain', gap: 1, background: [0, 0, 0], scale: 1 },
    ],
    options: [1],
  },
  drawingScale: [{ width: 8 }],
  enlarged: [picture, 2],
  withLegend: [picture, [{ text: 'x', color: red }]],
  drawMask: { good: [drawn(), new Uint8Array(24), { opacity: 0.5, color: image.classColor, leaveOut: [0] }], options: [2] },
  drawBox: { good: [drawn(), box, stroke], options: [2] },
  drawCircle: { good: [drawn(), [2, 2], { ...stroke, radius: 2, filled: true }], options: [2] },
  drawLine: { good: [drawn(), [0, 0], [2, 2], stroke], options: [3] },
  drawPolyline: {
    good: [
      drawn(),
      [
        [0, 0],
        [2, 2],
      ],
      { ...stroke, closed: true },
    ],
    options: [2],
  },
  fillBox: [drawn(), box, red, 1],
  drawLabel: [drawn(), 'x', [1, 1], red, 1],
  drawText: { good: [drawn(), 'x', [1, 1], { color: red, scale: 1, behind: [0, 0, 0] }], options: [3] },
  readableOn: [red],
  textSize: ['x', 1],
  flipHorizontally: [picture],
  mirrored: [
    [1, 2, 3, 4, 5, 6],
    [1, 2, 3],
  ],
  heightAndWidth: [[2, 3]],
  requirePixels: [2, 3],
  denormalize: [new Float32Array(12), [2, 2, 3], half],
  normalizationTable: [half, 3],
  normalize: [picture, half],
  writeNormalized: [picture.data, image.normalizationTable(half, 3), 3, new Float32Array(72), 0],
  orient: [picture, 6],
  blankPicture: [2, 3, 3, [1, 2, 3]],
  copyPicture: [picture],
  invertPicture: [picture],
  pictureOf: [new Uint8Array(12), 2, 2],
  readPictureMetadata: [
    { normalization: JSON.stringify(half), preparation: JSON.stringify([crop]), background: 'dark', recipe: '{}' },
  ],
  taskMetadata: {
    good: [runtime, {}, { dataset: 'x', normalization: half, preparation: [crop], background: 'dark', recipe: { a: 1 } }],
    options: [2],
  },
  withMirrorImage: [network, { name: 'x', mirrorOutputs: (outputs: never) => outputs }, {}],
  'withMirrorImage().run': {
    good: [{ image: new Float32Array(network.inputs[0].shape.reduce((product, side) => product * side, 1)) }, { validate: true }],
    options: [1],
    call: (...given) => seeing.run(...(given as unknown as Parameters<typeof seeing.run>)),
  },
  createPipeline: {
    good: [
      network,
      runtime,
      { facts: {}, normalization: half, preparation: [scale, { type: 'center-crop', size: 4 }], decode: async () => picture },
    ],
    options: [2],
    call: (...given: never[]) => image.createPipeline(...(given as unknown as [never, never, never])).run(picture),
  },
  'createPipeline().run': {
    good: [picture, { validate: true }],
    options: [1],
    call: (...given: never[]) => pipeline.run(...(given as [never])),
  },
  'createPipeline().runAll': {
    good: [[picture, gray], { validate: true }],
    options: [1],
    call: (...given: never[]) => pipeline.runAll(...(given as [never])),
  },
  'createPipeline().prepare': { good: [picture], call: (given: never) => pipeline.prepare(given) },
  'createPipeline().draw': { good: [picture, 1], call: (...given: never[]) => pipeline.draw(...(given as [never, never])) },
  encodePng: [picture],
  pngBase64: [picture],
  defaultPreparation: [[2, 3]],
  isPreparationStep: [crop],
  preparationOf: [[crop, scale]],
  'preparationOf().0': { good: [scale], options: [0], call: (step: never) => image.preparationOf([step]) },
  applyPreparation: { good: [picture, [crop], { channels: 1, background: 'white' }], options: [2] },
  applyStep: { good: [picture, crop, { channels: 3, background: 'white' }], options: [1, 2] },
  preparationAffine: [picture, [crop, scale]],
  picturePlan: [{ width: 4, height: 3 }, [{ type: 'resize', size: 2 }], { input: [2, 2, 3] }],
  preparePicture: {
    good: [picture, [{ type: 'resize', size: 4 }], { input: [4, 4, 3], normalization: half, background: 'black' }],
    options: [2],
  },
  readPicture: [picture, async () => picture],
  readOrientation: [Uint8Array.of(1, 2, 3)],
  resample: {
    good: [
      picture,
      {
        height: 2,
        width: 3,
        from: { top: 0, left: 0, height: 4, width: 6 },
        part: { top: 0, left: 0, height: 2, width: 3 },
        channels: 1,
        background: 'white',
      },
    ],
    options: [1],
  },
  checkResize: { good: [{ size: [2, 3], mode: 'contain', fill: 'border' }], options: [0] },
  resize: {
    good: [picture, { size: [2, 3], mode: 'contain', fill: 'border' }, { channels: 3, background: 'white' }],
    options: [1, 2],
  },
  warpReduced: { good: [picture, image.scaling(0.2), { width: 4, height: 4, fill: 1 }], options: [2] },
  warp: { good: [picture, image.scaling(2), { width: 4, height: 4, interpolation: 'nearest', fill: 1 }], options: [2] },
}

testPublicFunctions(image, trials, {
  untried: {
    pictureRules: 'for authors of tasks: what is wrong there is a mistake of the program',
    luma: 'called for every pixel',
    movePoint: 'called for every point of every annotation',
  },
})

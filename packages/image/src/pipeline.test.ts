/** A pipeline around a network and a task with a simple result: the mean of each channel. */
import {
  compileGraph,
  GraphBuilder,
  InputError,
  type LoadedNetwork,
  ModelFormatError,
  reference,
  type TaskRuntime,
} from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { readPictureMetadata, taskMetadata } from './picture-metadata.ts'
import { createPipeline } from './pipeline.ts'

type Facts = { readonly unit: string }
type Seen = { readonly means: readonly number[]; readonly corner: readonly [number, number] }

/** Predicts the mean of each channel, and the place of the input's corner in the picture. */
const means = {
  name: 'means',
  writeMetadata: ({ unit }) => ({ unit }),
  readMetadata: ({ unit }) => (unit === undefined ? {} : { unit }),
  complete: ({ unit }) => ({ facts: { unit: unit ?? 'none' }, assumptions: unit === undefined ? ['There is no unit.'] : [] }),
  decode: ({ means: { data } }, _, { toPicture }) => ({ means: Array.from(data), corner: [toPicture[2], toPicture[5]] }),
  draw: (picture) => picture,
} as Partial<TaskRuntime<Facts, unknown, Seen>> as TaskRuntime<Facts, unknown, Seen>

async function network(metadata: Record<string, string> = {}, channels = 3): Promise<LoadedNetwork> {
  const builder = new GraphBuilder()
  const image = builder.input('image', [2, 2, channels])
  builder.output('means', builder.node('mean', { inputs: [image], attributes: { axes: [0, 1] } }))
  builder.metadata(metadata)
  return compileGraph(builder.build(), reference)
}

const plain = (width: number, height: number, pixel: readonly number[]) => ({
  data: Uint8Array.from({ length: width * height * pixel.length }, (_, index) => pixel[index % pixel.length]),
  width,
  height,
})

describe('createPipeline', () => {
  test('the metadata of the file decides; a prediction knows the place of its input', async () => {
    const metadata = taskMetadata(
      means,
      { unit: 'share' },
      {
        dataset: 'colors',
        normalization: { mean: 0.5, standardDeviation: 0.5 },
        preparation: [{ type: 'center-crop', size: 2 }],
      },
    )
    const pipeline = createPipeline(await network(metadata), means)
    expect(pipeline).toMatchObject({ facts: { unit: 'share' }, assumptions: [], input: [2, 2, 3] })
    const [red, white] = await pipeline.runAll([plain(4, 8, [255, 0, 0]), plain(2, 2, [255, 255, 255])])
    expect(red).toEqual({ means: [1, -1, -1], corner: [1, 3] })
    expect(white).toEqual({ means: [1, 1, 1], corner: [0, 0] })
    expect(await pipeline.runAll([])).toEqual([])
  })

  test('options win over the file; assumptions are told', async () => {
    const bare = await network()
    expect(createPipeline(bare, means).assumptions).toEqual(['There is no unit.', expect.stringMatching(/no normalization/)])
    const options = { facts: { unit: 'mine' }, normalization: { mean: 1, standardDeviation: 1 } }
    const pipeline = createPipeline(bare, means, options)
    expect(pipeline.assumptions).toEqual([])
    expect((await pipeline.run(plain(2, 2, [0]))).means).toEqual([-1, -1, -1])
  })

  test('networks of other tasks or without pictures are refused', async () => {
    expect(createPipeline.bind(undefined, await network({ task: 'pose' }), means)).toThrow(/the task 'means'.*'pose'/)
    expect(createPipeline.bind(undefined, await network({}, 2), means)).toThrow(InputError)
  })
})

describe('metadata of pictures', () => {
  const runtime = { name: 'means', writeMetadata: () => ({ unit: 'share' }) }

  test('the order of the keys is that of the files there are', () => {
    const background = 'dark' as const
    const steps = [{ type: 'center-crop', size: 2 }] as const
    const normalization = { mean: [0.5], standardDeviation: [0.25] }
    const parts = { dataset: 'colors', normalization, preparation: steps, background, recipe: { model: {} } }
    const metadata = taskMetadata(runtime, {}, parts)
    expect(Object.keys(metadata)).toEqual(['task', 'dataset', 'unit', 'normalization', 'preparation', 'background', 'recipe'])
    expect(readPictureMetadata(metadata)).toEqual(parts)
    expect(taskMetadata(runtime, {}, {})).toEqual({ task: 'means', unit: 'share' })
    expect(readPictureMetadata({})).toEqual({})
  })

  test.each([
    ['normalization', '{"mean": 0}', 'standardDeviation'],
    ['normalization', '{"mean": 0, "standardDeviation": [1, 0]}', 'positive'],
    ['preparation', '[{"type": "random-crop"}]', 'center-crop'],
    ['preparation', '[{"type": "center-crop", "size": 4, "shorterSide": 1000000000}]', 'from 1 to 16384'],
    ['preparation', '[{"type": "center-crop", "size": 1000000000}]', 'from 1 to 16384'],
    ['preparation', '[{"type": "resize", "size": [4, 1000000000]}]', 'from 1 to 16384'],
    ['preparation', '{', 'JSON'],
    ['background', 'gray', `'dark' or 'light'`],
    ['recipe', '{', 'JSON'],
  ])('%s of %s is refused', (field, text, expected) => {
    const read = (): unknown => readPictureMetadata({ [field]: text })
    expect(read).toThrow(ModelFormatError)
    expect(read).toThrow(expected)
    expect(read).toThrow(expect.objectContaining({ field: `metadata.${field}` }))
  })
})

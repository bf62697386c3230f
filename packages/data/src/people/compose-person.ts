/**
 * Composes one picture of one person, with exact joints: a body in clothes, in a pose, in front of a camera, with a backdrop and
 * light. Things may hide parts of the person, and other people may stand beside them. Everything is drawn from one generator.
 */
import type { Picture } from '@onebit/image'
import type { Random } from '../random.ts'
import { drawBackdrop } from './backdrop.ts'
import { drawBody } from './body.ts'
import { Camera } from './camera.ts'
import { develop } from './develop.ts'
import { Draws } from './draws.ts'
import { type Shadow, throwShadow } from './ground-shadow.ts'
import { drawPosture } from './joint-limits.ts'
import { type JointOrder, jointPoints } from './joints.ts'
import { drawCloth } from './materials.ts'
import type { MotionCapture } from './motion-capture.ts'
import { type Light, Rasterizer } from './rasterizer.ts'
import { HEAD_RADIUS, type Points, pointsOf } from './skeleton.ts'
import { unit, type Vector } from './vector.ts'

export interface PersonOptions {
  /** Height and width of the picture, in pixels. */
  readonly size: number
  readonly order: JointOrder
  readonly motionCapture: MotionCapture
}

/** The annotation of a person in a data set. All values are in pixels. */
export interface PersonAnnotation {
  /** `x, y, visibility` of every joint; 0: outside the picture, 1: hidden, 2: visible. */
  readonly keypoints: readonly number[]
  /** 0.6 times the diagonal of the head's box. MPII measures heads in this way. */
  readonly headSize: number
  readonly box: readonly [left: number, top: number, width: number, height: number]
  /** Area of the visible part of the person, in square pixels. */
  readonly area: number
}

/** Canvas pixels per picture pixel, in each direction. More than one makes edges smooth. */
const OVERSAMPLING = 2

/** Share of poses from motion capture. The others come from the model with joint limits. */
const CAPTURED = 0.45

function drawLight(draws: Draws): Light {
  const ambient = draws.within(0.35, 0.75)
  const direction = unit([draws.within(-1, 1), draws.within(-1.2, 0.2), draws.within(-1, -0.2)])
  return { direction, ambient, diffuse: draws.within(0.9, 1.25) - ambient }
}

interface Figure {
  readonly points: Points
  readonly parts: ReturnType<ReturnType<typeof drawBody>['partsOf']>
  readonly headRadius: number
}

function drawFigure(draws: Draws, motion: MotionCapture): Figure {
  const body = drawBody(draws)
  const directions = draws.chance(CAPTURED) ? motion.draw(draws) : drawPosture(draws)
  const points = pointsOf(directions, body.lengths)
  return { points, parts: body.partsOf(points), headRadius: HEAD_RADIUS * body.lengths.head }
}

function render(canvas: Rasterizer, camera: Camera, { parts }: Figure, at?: Vector): void {
  for (const part of parts) {
    const [from, to] = camera.ends(part, at)
    const { from: a, to: b } = part
    canvas.capsule(from, to, part.material, Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]))
  }
}

/** Draws poles, balls and boxes in front of the person. Each hides a part of the person. */
function drawObstacles(canvas: Rasterizer, draws: Draws): void {
  if (!draws.chance(0.3)) return
  const { width } = canvas
  const depth = 0
  for (let count = 1 + draws.below(2); count > 0; count--) {
    const material = drawCloth(draws, 0.3)
    const x = draws.within(0, width)
    const isTall = draws.chance(0.5)
    const radius = width * (isTall ? draws.within(0.015, 0.07) : draws.within(0.05, 0.14))
    const top = isTall ? draws.within(-0.1, 0.6) * width : draws.within(0.4, 1) * width
    const end: Vector = isTall
      ? [x + draws.around(0.1) * width, 1.1 * width, depth]
      : [x + draws.around(0.15) * width, top, depth]
    canvas.capsule({ at: [x, top, depth], radius }, { at: end, radius }, material, 0.5)
  }
}

/** The shadow below the lowest foot or knee. Light from the right throws it to the left. */
function shadowOf(camera: Camera, { points }: Figure, light: Light, draws: Draws): Shadow {
  const below = [points.rightToe, points.leftToe, points.rightAnkle, points.leftAnkle, points.rightKnee, points.leftKnee]
  const [pelvisX] = camera.project(points.pelvis)
  const places = below.map((point) => camera.project(point))
  const y = Math.max(...places.map(([, row]) => row))
  const [x] = places.find(([, row]) => row === y)!
  const width = camera.radius(points.pelvis, draws.within(0.12, 0.35))
  const middle = (x + pelvisX) / 2 - light.direction[0] * width * 0.5
  const scale = 1 / OVERSAMPLING
  return { x: middle * scale, y: y * scale, width: width * scale, height: 0.3 * width * scale, strength: draws.within(0, 0.7) }
}

/** Depth of a joint below the surface, in canvas pixels. Clothes and flesh do not hide the joint. */
const depthBelow = (camera: Camera, point: Vector): number => 2 + 1.8 * camera.radius(point, 0.06)

function annotate(
  canvas: Rasterizer,
  camera: Camera,
  figure: Figure,
  area: number,
  { size, order }: PersonOptions,
): PersonAnnotation {
  const { points, headRadius } = figure
  const keypoints = jointPoints(order).flatMap((name) => {
    const [x, y, depth] = camera.project(points[name])
    const [column, row] = [x / OVERSAMPLING, y / OVERSAMPLING]
    if (column < 0 || column >= size || row < 0 || row >= size) return [0, 0, 0]
    return [column, row, depth - depthBelow(camera, points[name]) <= canvas.depthAt(x, y) ? 2 : 1]
  })
  const flat = Object.values(points).map((point) => camera.project(point))
  const [xs, ys] = [flat.map(([x]) => x / OVERSAMPLING), flat.map(([, y]) => y / OVERSAMPLING)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const [neckX, neckY] = camera.project(points.neck)
  const [topX, topY] = camera.project(points.headTop)
  const width = 2 * camera.radius(points.headCenter, headRadius)
  const diagonal = Math.hypot(Math.max(width, Math.abs(topX - neckX)), Math.max(width, Math.abs(topY - neckY)))
  return {
    keypoints,
    headSize: (0.6 * diagonal) / OVERSAMPLING,
    box: [left, top, Math.max(...xs) - left, Math.max(...ys) - top],
    area: Math.max(1, area / OVERSAMPLING ** 2),
  }
}

function countPixels({ depth }: Rasterizer): number {
  let count = 0
  for (let pixel = 0; pixel < depth.length; pixel++) if (depth[pixel] < Number.POSITIVE_INFINITY) count++
  return count
}

export function composePerson(options: PersonOptions, random: Random): { picture: Picture; person: PersonAnnotation } {
  const { size, motionCapture } = options
  const draws = new Draws(random)
  const large = OVERSAMPLING * size
  const figure = drawFigure(draws, motionCapture)
  const camera = new Camera(draws)
  const jitter = (): number => large * (0.5 + draws.around(0.035))
  camera.frame(figure.points, large * draws.within(0.66, 0.92), [jitter(), jitter()])
  const light = drawLight(draws)
  const canvas = new Rasterizer(large, large, light)
  render(canvas, camera, figure)
  const area = countPixels(canvas)
  for (let count = draws.chance(0.25) ? 1 + draws.below(2) : 0; count > 0; count--) {
    const aside: Vector = [draws.sign() * draws.within(0.35, 1.1), 0, draws.within(-1.6, 0.35)]
    render(canvas, camera, drawFigure(draws, motionCapture), aside)
  }
  drawObstacles(canvas, draws)
  const person = annotate(canvas, camera, figure, area, options)
  const backdrop = drawBackdrop(draws, size)
  throwShadow(backdrop, shadowOf(camera, figure, light, draws))
  return { picture: develop(canvas, backdrop, draws), person }
}

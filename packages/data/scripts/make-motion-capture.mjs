/**
 * Makes `embedded/motion-capture.bin`: poses of two clips of the CMU Graphics Lab Motion Capture Database, subject 1, trials 1
 * and 3, in the BVH conversion by B. Hahne. It keeps those of the 7,263 frames that differ most.
 *
 *   node scripts/make-motion-capture.mjs 01_01.bvh 01_03.bvh     (Debian: assimp-testmodels, /usr/share/assimp/models/BVH)
 *
 * The data used in this project was obtained from mocap.cs.cmu.edu. The database was created with funding from NSF EIA-0196217.
 * It is free for use in research and commercial projects worldwide.
 *
 * A frame is one direction for each entry of `DIRECTIONS` in `src/people/skeleton.ts`: three signed bytes, 127 is 1. People are
 * turned so that their left is +x; y is up.
 */
import { readFile, writeFile } from 'node:fs/promises'

const FRAMES = 360

/** For each direction, the joints of the file at its ends. Names are as in the file; `Head.end` is the end of the head. */
const SEGMENTS = [
  ['hips', 'RightUpLeg', 'LeftUpLeg'],
  ['lower spine', 'Hips', 'Spine'],
  ['upper spine', 'Spine', 'shoulders'],
  ['shoulders', 'RightArm', 'LeftArm'],
  ['neck', 'shoulders', 'Head'],
  ['head', 'Head', 'Head.end'],
  ['face', 'face'],
  ['right thigh', 'RightUpLeg', 'RightLeg'],
  ['right shank', 'RightLeg', 'RightFoot'],
  ['right foot', 'RightFoot', 'RightToeBase'],
  ['left thigh', 'LeftUpLeg', 'LeftLeg'],
  ['left shank', 'LeftLeg', 'LeftFoot'],
  ['left foot', 'LeftFoot', 'LeftToeBase'],
  ['right upper arm', 'RightArm', 'RightForeArm'],
  ['right forearm', 'RightForeArm', 'RightHand'],
  ['right hand', 'RightHand', 'RFingers'],
  ['left upper arm', 'LeftArm', 'LeftForeArm'],
  ['left forearm', 'LeftForeArm', 'LeftHand'],
  ['left hand', 'LeftHand', 'LFingers'],
]

const subtract = (a, b) => a.map((value, axis) => value - b[axis])
const mean = (a, b) => a.map((value, axis) => (value + b[axis]) / 2)
const unit = (a) => a.map((value) => value / Math.hypot(...a))
const multiply = (m, n) => m.map((row) => n[0].map((_, column) => row.reduce((sum, value, k) => sum + value * n[k][column], 0)))
const apply = (m, v) => m.map((row) => row.reduce((sum, value, axis) => sum + value * v[axis], 0))

function turn(axis, degrees) {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  const [i, j] = [(axis + 1) % 3, (axis + 2) % 3]
  const m = [0, 1, 2].map((row) => [0, 1, 2].map((column) => Number(row === column)))
  m[i][i] = c
  m[j][j] = c
  m[i][j] = -s
  m[j][i] = s
  return m
}

/** Joints in the order of their channels, and the frames. */
function parseBvh(text) {
  const words = text.split(/\s+/)
  const joints = []
  const stack = []
  let at = 0
  for (; words[at] !== 'MOTION'; at++) {
    const word = words[at]
    if (word === 'ROOT' || word === 'JOINT') {
      joints.push({ name: words[at + 1], parent: stack.at(-1) ?? -1, channels: [] })
      stack.push(joints.length - 1)
    } else if (word === 'End') {
      joints.push({ name: `${joints[stack.at(-1)].name}.end`, parent: stack.at(-1), channels: [] })
      stack.push(joints.length - 1)
    } else if (word === 'OFFSET') joints[stack.at(-1)].offset = words.slice(at + 1, at + 4).map(Number)
    else if (word === 'CHANNELS') joints[stack.at(-1)].channels = words.slice(at + 2, at + 2 + Number(words[at + 1]))
    else if (word === '}') stack.pop()
  }
  const numbers = words
    .slice(words.indexOf('Time:', at) + 2)
    .filter(Boolean)
    .map(Number)
  const size = joints.reduce((sum, { channels }) => sum + channels.length, 0)
  return {
    joints,
    frames: Array.from({ length: Math.floor(numbers.length / size) }, (_, i) => numbers.slice(i * size, (i + 1) * size)),
  }
}

/** Positions of all joints by name, and the direction of the face. */
function pose({ joints }, frame) {
  const world = []
  const places = {}
  let at = 0
  for (const { name, parent, offset, channels } of joints) {
    let rotation = parent < 0 ? turn(0, 0) : world[parent].rotation
    const place =
      parent < 0 ? [0, 0, 0] : world[parent].place.map((value, axis) => value + apply(world[parent].rotation, offset)[axis])
    for (const channel of channels) {
      const value = frame[at++]
      if (channel.endsWith('rotation')) rotation = multiply(rotation, turn('XYZ'.indexOf(channel[0]), value))
    }
    world.push({ rotation, place })
    places[name] = place
    if (name === 'Head') places.face = apply(rotation, [0, 0, 1])
  }
  places.shoulders = mean(places.RightArm, places.LeftArm)
  return places
}

function directions(places) {
  const left = subtract(places.LeftUpLeg, places.RightUpLeg)
  const back = turn(1, (Math.atan2(left[2], left[0]) * 180) / Math.PI)
  return SEGMENTS.flatMap(([, from, to]) => apply(back, unit(to ? subtract(places[to], places[from]) : places[from])))
}

const all = []
for (const file of process.argv.slice(2)) {
  const clip = parseBvh(await readFile(file, 'utf8'))
  // The first frame of a clip is a rest pose of the conversion.
  for (const frame of clip.frames.slice(1).filter((_, index) => index % 4 === 0)) all.push(directions(pose(clip, frame)))
}
const distance = (a, b) => a.reduce((sum, value, index) => sum + (value - b[index]) ** 2, 0)
const kept = [all[0]]
const nearest = all.map((entry) => distance(entry, all[0]))
while (kept.length < FRAMES) {
  const farthest = nearest.indexOf(Math.max(...nearest))
  kept.push(all[farthest])
  for (const [index, entry] of all.entries()) nearest[index] = Math.min(nearest[index], distance(entry, all[farthest]))
}
const bytes = Int8Array.from(kept.flat(), (value) => Math.round(127 * value))
await writeFile(new URL('../embedded/motion-capture.bin', import.meta.url), bytes)
console.log(
  `${all.length} frames, ${kept.length} kept, ${bytes.length} bytes; the last differs by ${Math.sqrt(Math.max(...nearest)).toFixed(2)}`,
)

/** A frozen network beside the labels of a set: `node dist/compare.js POSE.safetensors SET SHEET.png`. */
import { writeFile } from 'node:fs/promises'
import { load } from '@onebit/core'
import { PEOPLE_FACTS, readCocoKeypoints } from '@onebit/data'
import { contactSheet, encodePng, type SheetEntry } from '@onebit/image'
import { wasm } from '@onebit/kernels-wasm'
import { poseEstimator } from '@onebit/pose/deployment'
import { Agreement } from './agreement.ts'
import { drawPerson, PERSON_PIXELS } from './draw-person.ts'
import { readRgb } from './picture-files.ts'

const [file, set, sheet, part = 'val', most = '16'] = process.argv.slice(2)
if (sheet === undefined || (part !== 'train' && part !== 'val')) {
  console.log('usage: node dist/compare.js POSE.safetensors SET SHEET.png [train|val] [PEOPLE ON THE SHEET]')
  process.exit(2)
}

const network = await load(file, { backend: wasm() })
const poses = poseEstimator(network, { flipTest: true })
const agreement = new Agreement(poses.facts)
const { files, annotations } = await readCocoKeypoints(set, part)
const people = Array.from(annotations)
const step = Math.max(1, Math.floor(people.length / Number(most)))
const entries: SheetEntry[] = []
for (const [index, person] of people.entries()) {
  const picture = await readRgb(files[index])
  const [pose] = await poses.people(picture, [person.box])
  agreement.add(pose, person)
  if (index % step !== 0) continue
  const labels = person.keypoints.map((value, place) => (place % 3 === 2 ? Number(value > 0) : value))
  const caption = `${index}: ${pose.score.toFixed(2)}`
  entries.push({ picture: drawPerson(picture, person.box, pose, poses.facts), caption })
  entries.push({
    picture: drawPerson(picture, person.box, { keypoints: labels, score: 1 }, PEOPLE_FACTS.coco),
    caption: 'labels',
  })
}
network.dispose()

const { torso, eitherSide, box, byJoint } = agreement.result()
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
console.log(`${agreement.people} people, ${agreement.joints.length} joints that both have`)
console.log(
  `PCK@0.2 of the torso ${percent(torso)}, ${percent(eitherSide)} with the better of both sides, of the box ${percent(box)}`,
)
console.log(`${agreement.withoutTorso} people have no labeled torso`)
for (const [name, share] of Object.entries(byJoint)) console.log(`  ${name.padEnd(16)}${percent(share)}`)
await writeFile(sheet, encodePng(contactSheet(entries, { size: PERSON_PIXELS, columns: 8 })))

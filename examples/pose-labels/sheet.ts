/** Draws the labeled people of a set: `node dist/sheet.js SET SHEET.png`. Look at the sheet before you train on the set. */
import { writeFile } from 'node:fs/promises'
import { PEOPLE_FACTS, readCocoKeypoints } from '@onebit/data'
import { contactSheet, encodePng, type SheetEntry } from '@onebit/image'
import { drawPerson, PERSON_PIXELS } from './draw-person.ts'
import { readRgb } from './picture-files.ts'

const [set, out, most = '64'] = process.argv.slice(2)
if (out === undefined) {
  console.log('usage: node dist/sheet.js SET SHEET.png [PEOPLE]')
  process.exit(2)
}

const SHARES = { train: 0.75, val: 0.25 } as const

const entries: SheetEntry[] = []
for (const part of ['train', 'val'] as const) {
  const { files, annotations } = await readCocoKeypoints(set, part)
  const people = Array.from(annotations)
  const count = Math.min(people.length, Math.round(SHARES[part] * Number(most)))
  for (let index = 0; index < count; index++) {
    const at = Math.floor((index * people.length) / count)
    const { keypoints, box } = people[at]
    const isLabeled = (value: number, place: number): boolean => place % 3 === 2 && value > 0
    const drawn = keypoints.map((value, place) => (place % 3 === 2 ? Number(value > 0) : value))
    const picture = drawPerson(await readRgb(files[at]), box, { keypoints: drawn, score: 1 }, PEOPLE_FACTS.coco)
    entries.push({ picture, caption: `${part} ${at}: ${keypoints.filter(isLabeled).length} joints` })
  }
}
await writeFile(out, encodePng(contactSheet(entries, { size: PERSON_PIXELS })))
console.log(`${entries.length} people on ${out}`)

/** Holds out some images of each class, by their names. Adding or removing an image moves at most one other. */
import { checkArguments, rules } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import type { LabeledFiles } from './image-folder.ts'

/** FNV-1a over UTF-16 units, then the finalizer of MurmurHash3, which separates names that differ only in their last digit. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The name of an image on every machine: its path below the root, with normalized letters and slashes. */
function nameOf(file: string, root: string): string {
  const below = file.startsWith(root) ? file.slice(root.length) : file
  return below.replaceAll('\\', '/').replace(/^\/+/, '').normalize('NFC')
}

/**
 * Splits the images into two parts. Of each class of n images, `n / every` go to the second part (rounded down, but at least one
 * if the class has two). The names decide which ones, so adding or removing an image moves at most one other image.
 * Throws `OptionError` unless `every` is an integer of at least 2.
 */
export function splitImages(images: LabeledFiles, every: number): [rest: LabeledFiles, part: LabeledFiles] {
  checkArguments('splitImages()', { images: [images, argument.labeledFiles], every: [every, rules.integer({ minimum: 2 })] })
  const ofClass: { index: number; hash: number; name: string }[][] = images.facts.classes.map(() => [])
  for (const [index, file] of images.files.entries()) {
    const name = nameOf(file, images.root ?? '')
    const label = images.annotations[index]
    checkArguments('splitImages()', {
      [`annotations[${index}]`]: [label, rules.integer({ minimum: 0, maximum: ofClass.length - 1 })],
    })
    ofClass[label].push({ index, hash: hashOf(name), name })
  }
  const inPart = new Uint8Array(images.files.length)
  for (const members of ofClass) {
    members.sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : 1))
    const count = members.length < 2 ? 0 : Math.max(1, Math.floor(members.length / every))
    for (const { index } of members.slice(0, count)) inPart[index] = 1
  }
  const take = (wanted: 0 | 1): LabeledFiles => ({
    ...images,
    files: images.files.filter((_, index) => inPart[index] === wanted),
    annotations: images.annotations.filter((_, index) => inPart[index] === wanted),
  })
  return [take(0), take(1)]
}

/** Number of images in each class. */
export function countByClass(images: Pick<LabeledFiles, 'facts' | 'annotations'>): number[] {
  checkArguments('countByClass()', { images: [images, rules.object({ facts: argument.facts, annotations: rules.numbers })] })
  const { facts, annotations } = images
  const counts = facts.classes.map(() => 0)
  for (const label of annotations) counts[label]++
  return counts
}

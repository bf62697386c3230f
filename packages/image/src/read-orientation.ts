/**
 * The orientation in the bytes of a JPEG, PNG, WebP or TIFF file, for decoders that do not apply it. All four contain the same
 * record, a TIFF directory: JPEG in an APP1 segment, PNG in an eXIf chunk, WebP in an EXIF chunk, TIFF as the file itself.
 */
import { checkArguments } from '@onebit/core'
import * as argument from './argument-rules.ts'
import type { Orientation } from './orient.ts'

/** Returns 1 if a file states no orientation, is damaged or has another format. Throws nothing, because decoders check files. */
export function readOrientation(bytes: Uint8Array): Orientation {
  checkArguments('readOrientation()', { bytes: [bytes, argument.bytes] })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const record = tiffRecord(view)
  return record === undefined ? 1 : orientationIn(record)
}

const text = (view: DataView, at: number, length: number): string =>
  at + length > view.byteLength ? '' : String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length))

/** A part of a view, cut where the view ends. */
function slice(view: DataView, start: number, length = view.byteLength): DataView {
  const from = Math.min(start, view.byteLength)
  return new DataView(view.buffer, view.byteOffset + from, Math.min(length, view.byteLength - from))
}

function tiffRecord(view: DataView): DataView | undefined {
  if (text(view, 0, 2) === '\xff\xd8') return inJpeg(view)
  if (text(view, 0, 4) === '\x89PNG') return inPng(view)
  if (text(view, 0, 4) === 'RIFF' && text(view, 8, 4) === 'WEBP') return inWebp(view)
  return /^(II\*\0|MM\0\*)$/.test(text(view, 0, 4)) ? view : undefined
}

const EXIF = 'Exif\0\0'
const APP1 = 0xe1
const START_OF_SCAN = 0xda

function inJpeg(view: DataView): DataView | undefined {
  for (let at = 2; at + 4 <= view.byteLength && view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === START_OF_SCAN) return undefined
    const length = view.getUint16(at + 2)
    if (marker === APP1 && text(view, at + 4, EXIF.length) === EXIF) {
      return slice(view, at + 4 + EXIF.length, length - 2 - EXIF.length)
    }
    at += 2 + length
  }
  return undefined
}

function inPng(view: DataView): DataView | undefined {
  for (let at = 8; at + 8 <= view.byteLength; ) {
    const length = view.getUint32(at)
    if (text(view, at + 4, 4) === 'eXIf') return slice(view, at + 8, length)
    at += 12 + length
  }
  return undefined
}

function inWebp(view: DataView): DataView | undefined {
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const length = view.getUint32(at + 4, true)
    if (text(view, at, 4) === 'EXIF') {
      // Some writers put JPEG's mark before the record.
      const marked = text(view, at + 8, EXIF.length) === EXIF ? EXIF.length : 0
      return slice(view, at + 8 + marked, length - marked)
    }
    at += 8 + length + (length & 1)
  }
  return undefined
}

const ORIENTATION_TAG = 274
const SHORT = 3

/** Searches the first directory of a TIFF record: entries of tag, type, count and value. */
function orientationIn(record: DataView): Orientation {
  if (record.byteLength < 8) return 1
  const littleEndian = record.getUint8(0) === 0x49
  const directory = record.getUint32(4, littleEndian)
  if (directory + 2 > record.byteLength) return 1
  const count = record.getUint16(directory, littleEndian)
  for (let entry = 0; entry < count; entry++) {
    const at = directory + 2 + 12 * entry
    if (at + 12 > record.byteLength) return 1
    if (record.getUint16(at, littleEndian) !== ORIENTATION_TAG) continue
    const value = record.getUint16(at + 2, littleEndian) === SHORT ? record.getUint16(at + 8, littleEndian) : 1
    return value >= 1 && value <= 8 ? (value as Orientation) : 1
  }
  return 1
}

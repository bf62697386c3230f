/** Files of other formats that people take for a model file, by their first bytes: the advice is not to download them again. */
import { refuse } from './refuse.ts'

const UNPACK = 'Unpack it.'
const FREEZE = 'Freeze a model to a file first: freeze(model).save(path), or `onebit freeze`.'

/** First characters, each a byte; a file of several names is under the first that fits. */
const FORMATS: readonly (readonly [start: string, name: string, fix: string])[] = [
  ['\x1f\x8b', 'a gzip archive', UNPACK],
  ['PK\x03\x04', 'a ZIP archive', UNPACK],
  ['<', 'a page of HTML or XML', 'Check the address: servers answer with a page where there is no such file.'],
  ['version https://git-lfs', 'a pointer of Git LFS', 'Get the file itself: git lfs pull.'],
  ['{', 'JSON', FREEZE],
  ['\x89HDF', 'an HDF5 file of Keras', FREEZE],
  ['\x08', 'an ONNX file', FREEZE],
]

/** Where the JSON of a model file begins. */
const HEADER = 8

/** @throws ModelFormatError if the file is known to be of another format. */
export function refuseForeign(bytes: Uint8Array): void {
  // The length before the JSON may be any bytes.
  if (bytes[HEADER] === 0x7b) return
  const start = String.fromCharCode(...bytes.subarray(0, 64)).replace(/^(\xef\xbb\xbf)?\s*/, '')
  const found = FORMATS.find(([text]) => start.startsWith(text))
  if (!found) return
  const [, name, fix] = found
  refuse('header length', { what: `This is ${name}, not a model file.`, expected: 'a safetensors file that Onebit wrote', fix })
}

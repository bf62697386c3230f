/** Files of other formats in the place of a model file are called by their names. */
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { ModelFormatError } from '../errors.ts'
import { GraphBuilder } from '../graph/graph-builder.ts'
import { refuseForeign } from './foreign-format.ts'
import { readModel } from './read-model.ts'
import { writeModel } from './write-model.ts'

const builder = new GraphBuilder()
builder.output('y', builder.input('x', [2]))
const model = writeModel(builder.build())
const text = (given: string): Uint8Array => new TextEncoder().encode(given)

it.each<[name: string, bytes: Uint8Array, told: RegExp]>([
  ['a compressed model', gzipSync(model), /This is a gzip archive, not a model file\..*Unpack it/],
  ['an archive', Uint8Array.of(0x50, 0x4b, 3, 4, ...new Uint8Array(40)), /This is a ZIP archive.*Unpack it/],
  ['an error page', text('<!doctype html><title>404</title>'), /This is a page of HTML or XML.*Check the address/],
  ['a page behind a byte order mark and spaces', text('\ufeff\r\n  <html>'), /This is a page of HTML/],
  ['an answer of S3', text('<?xml version="1.0"?><Error><Code>AccessDenied</Code>'), /This is a page of HTML or XML/],
  ['a pointer', text('version https://git-lfs.github.com/spec/v1\noid sha256:1'), /This is a pointer of Git LFS.*git lfs pull/],
  ['a model of TensorFlow.js', text('{"format":"layers-model"}'), /This is JSON.*onebit freeze/],
  ['a model of Keras', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0), /This is an HDF5 file of Keras/],
  ['a model of ONNX', Uint8Array.of(8, 8, 0x12, 6, 0x6f, 0x6e, 0x65, 0x62, 0x69, 0x74), /This is an ONNX file/],
])('%s', (_, bytes, told) => {
  expect(() => readModel(bytes)).toThrow(ModelFormatError)
  expect(() => readModel(bytes)).toThrow(told)
})

it('a header whose length begins like another format is that of a model', () => {
  // 35,615 is 0x8b1f.
  const bytes = new Uint8Array(64)
  new DataView(bytes.buffer).setBigUint64(0, 35_615n, true)
  bytes.set(text('{"a":1}'), 8)
  expect(() => refuseForeign(bytes)).not.toThrow()
  expect(() => readModel(bytes)).toThrow(/The header ends at byte 35,623/)
})

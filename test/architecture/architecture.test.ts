/** Imports point one way, as stated in `docs/architecture.md`. The test reads its tables and every import of every package. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkArchitecture, type Manifest, type Workspace } from './check-architecture.ts'
import { type RoomPlan, readRoomPlan } from './room-plan.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readJson = (path: string): Manifest => JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest

function readWorkspace(): Workspace {
  const rooms = readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
  const files = new Map<string, string>()
  for (const room of rooms) {
    for (const part of ['src', 'test']) {
      const folder = join(root, 'packages', room, part)
      if (!existsSync(folder)) continue
      for (const name of readdirSync(folder, { recursive: true }) as string[]) {
        if (name.endsWith('.ts')) files.set(`packages/${room}/${part}/${name}`, readFileSync(join(folder, name), 'utf8'))
      }
    }
  }
  const { devDependencies = {} } = readJson('package.json')
  const manifests = new Map(rooms.map((room) => [room, readJson(`packages/${room}/package.json`)]))
  return { files, manifests, rootDevDependencies: new Set(Object.keys(devDependencies)) }
}

let workspace: Workspace
let plan: RoomPlan

beforeAll(() => {
  workspace = readWorkspace()
  plan = readRoomPlan(readFileSync(join(root, 'docs/architecture.md'), 'utf8'))
})

test('imports keep to the arrows, folders to their order, and nothing goes round in a circle', () => {
  expect(workspace.files.size).toBeGreaterThan(300)
  expect(checkArchitecture(workspace, plan)).toEqual([])
})

describe('the check bites', () => {
  /** The workspace with one file added or changed. */
  const withFile = (path: string, text: string): Workspace => ({ ...workspace, files: new Map(workspace.files).set(path, text) })

  test.each([
    [
      'an arrow that is not in the table',
      'packages/core/src/stray.ts',
      `import { freeze } from '@onebit/layers'`,
      /no such arrow/,
    ],
    ['an undeclared dependency', 'packages/onnx/src/stray.ts', `import sharp from 'sharp'`, /does not declare/],
    [
      'an undeclared dependency, imported when needed',
      'packages/onnx/src/stray.ts',
      `await import('echarts')`,
      /does not declare/,
    ],
    ['a deep import', 'packages/layers/src/stray.ts', `import '@onebit/core/src/registry.ts'`, /no entry of 'core'/],
    [
      'an import across packages by path',
      'packages/layers/src/stray.ts',
      `export * from '../../core/src/registry.ts'`,
      /reaches out/,
    ],
    [
      'TensorFlow.js at run time in core',
      'packages/core/src/stray.ts',
      `import * as tf from '@tensorflow/tfjs-core'`,
      /types alone/,
    ],
    [
      'a folder that climbs',
      'packages/core/src/graph/stray.ts',
      `import { load } from '../runtime/load.ts'`,
      /climbs from 'graph'/,
    ],
    ['a file that imports itself', 'packages/core/src/stray.ts', `import './stray.ts'`, /circle/],
  ])('%s', (_, path, text, expected) => {
    expect(checkArchitecture(withFile(path, text), plan)).toContainEqual(expect.stringMatching(expected))
  })

  test('a circle of two files, even of types', () => {
    const first = withFile('packages/onnx/src/a.ts', `import type { B } from './b.ts'`)
    const files = new Map(first.files).set('packages/onnx/src/b.ts', `import type { A } from './a.ts'`)
    expect(checkArchitecture({ ...workspace, files }, plan)).toContainEqual(expect.stringMatching(/circle.*b\.ts/))
  })

  test('types of TensorFlow.js in core are fine', () => {
    const allowed = withFile(
      'packages/core/src/stray.ts',
      `import type { Tensor } from '@tensorflow/tfjs-core'\nexport type T = Tensor`,
    )
    expect(checkArchitecture(allowed, plan)).toEqual(checkArchitecture(workspace, plan))
  })

  test('a circle of packages in the table, and a package that is no row', () => {
    const arrows = new Map(plan.arrows).set('core', new Set(['layers']))
    expect(checkArchitecture(workspace, { ...plan, arrows })).toContainEqual(expect.stringMatching(/Packages go round/))
    const fewer = new Map(plan.arrows)
    fewer.delete('onnx')
    expect(checkArchitecture(workspace, { ...plan, arrows: fewer })).toContainEqual(
      'packages/onnx is no row of docs/architecture.md.',
    )
  })
})

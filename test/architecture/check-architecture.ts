/** Checks the imports of the packages against the plan. Returns one sentence per violation. */
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import type { RoomPlan } from './room-plan.ts'
import { type SourceImport, sourceImports } from './source-imports.ts'

/** The parts of a package.json that decide what may be imported. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
}

export interface Workspace {
  /** Text by path from the repository's root: `packages/core/src/index.ts`. */
  readonly files: ReadonlyMap<string, string>
  /** Manifests by the folder of the package: `core`. */
  readonly manifests: ReadonlyMap<string, Manifest>
  /** Packages in the repository's own package.json, which tests may import. */
  readonly rootDevDependencies: ReadonlySet<string>
}

const SCOPE = '@onebit/'
const TYPES_ONLY = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '@tensorflow/tfjs']

const packageOf = (path: string): string => path.split('/')[1]
const isTest = (path: string): boolean => /\.test(-d)?\.ts$/.test(path) || path.split('/')[2] !== 'src'
const moduleName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

interface Edge extends SourceImport {
  readonly from: string
  /** The target of a relative import. */
  readonly to?: string
}

/** Parsing takes most of the time, and most files are the same from one check to the next. */
const parsed = new Map<string, SourceImport[]>()

function importsOf(path: string, text: string): SourceImport[] {
  const known = parsed.get(text) ?? sourceImports(path, text)
  parsed.set(text, known)
  return known
}

function edgesOf(files: Workspace['files']): Edge[] {
  return Array.from(files).flatMap(([from, text]) =>
    importsOf(from, text).map((found) => {
      const relative = found.specifier.startsWith('.') ? posix.join(posix.dirname(from), found.specifier) : undefined
      return { ...found, from, to: relative }
    }),
  )
}

function crossings(
  { from, specifier, line, typeOnly, to }: Edge,
  { arrows }: RoomPlan,
  { manifests, rootDevDependencies }: Workspace,
) {
  const room = packageOf(from)
  const where = `${from}:${line}`
  if (to) {
    const inside = to.startsWith(`packages/${room}/`) || (isTest(from) && to.startsWith('test/'))
    return inside ? [] : [`${where} reaches out of its package: '${specifier}'.`]
  }
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return []
  const module = moduleName(specifier)
  const { dependencies, peerDependencies, devDependencies } = manifests.get(room) ?? {}
  const shipped = { ...dependencies, ...peerDependencies }
  const breaches: string[] = []
  const declared = Object.hasOwn(shipped, module) || module === `${SCOPE}${room}`
  const declaredForTests = isTest(from) && (Object.hasOwn(devDependencies ?? {}, module) || rootDevDependencies.has(module))
  if (!declared && !declaredForTests)
    breaches.push(`${where} imports '${module}', which packages/${room}/package.json does not declare.`)
  if (module.startsWith(SCOPE)) {
    const target = module.slice(SCOPE.length)
    if (!isTest(from) && target !== room && !arrows.get(room)?.has(target)) {
      breaches.push(`${where} imports '${target}'; docs/architecture.md gives '${room}' no such arrow.`)
    }
    const entry = `.${specifier.slice(module.length)}`
    const targetExports = manifests.get(target)?.exports
    if (targetExports && !Object.hasOwn(targetExports, entry))
      breaches.push(`${where} imports '${specifier}', which is no entry of '${target}'.`)
  }
  if (room === 'core' && !isTest(from) && TYPES_ONLY.includes(module) && !typeOnly) {
    breaches.push(`${where} imports '${module}' at run time; core takes its types alone.`)
  }
  return breaches
}

/** Folders are in the order of the plan. A file may import from its own folder and from later ones. */
function climbing({ from, to, line }: Edge, { folders }: RoomPlan): string[] {
  const order = folders.get(packageOf(from))
  if (!order || !to || isTest(from) || packageOf(to) !== packageOf(from)) return []
  const folderOf = (path: string): string => (path.split('/').length > 4 ? path.split('/')[3] : '.')
  const [source, target] = [folderOf(from), folderOf(to)]
  const rank = (folder: string): number => (folder === '.' ? -1 : order.indexOf(folder))
  if (source !== '.' && rank(source) < 0) return [`${from} is in '${source}', a folder that docs/architecture.md does not list.`]
  // Files beside the folders are the package's entry, which reads all folders.
  if (target === '.' && source !== '.') return order.includes('.') ? [] : [`${from}:${line} climbs from '${source}' to '${to}'.`]
  return rank(target) >= rank(source) ? [] : [`${from}:${line} climbs from '${source}' to '${target}'.`]
}

/** Cycles of files, each reported once: strongly connected components of more than one file. Imports of types count too. */
function circles(edges: readonly Edge[], files: Workspace['files']): string[] {
  const targets = new Map<string, string[]>()
  for (const { from, to } of edges) if (to && files.has(to)) targets.set(from, [...(targets.get(from) ?? []), to])
  const found: string[] = []
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const visit = (file: string): void => {
    index.set(file, index.size)
    low.set(file, index.get(file)!)
    stack.push(file)
    for (const next of targets.get(file) ?? []) {
      if (!index.has(next)) {
        visit(next)
        low.set(file, Math.min(low.get(file)!, low.get(next)!))
      } else if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, index.get(next)!))
    }
    if (low.get(file) !== index.get(file)) return
    const members = stack.splice(stack.indexOf(file))
    if (members.length > 1 || (targets.get(file) ?? []).includes(file))
      found.push(`These files go round in a circle: ${members.join(', ')}.`)
  }
  for (const file of files.keys()) if (!index.has(file)) visit(file)
  return found
}

/** Cycles of packages in the plan. */
function planCircles({ arrows }: RoomPlan): string[] {
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (room: string, path: readonly string[]): void => {
    if (state.get(room) === 'done') return
    if (state.get(room) === 'open') {
      found.push(`Packages go round in a circle: ${[...path.slice(path.indexOf(room)), room].join(' -> ')}.`)
      return
    }
    state.set(room, 'open')
    for (const next of arrows.get(room) ?? []) visit(next, [...path, room])
    state.set(room, 'done')
  }
  for (const room of arrows.keys()) visit(room, [])
  return found
}

export function checkArchitecture(workspace: Workspace, plan: RoomPlan): string[] {
  const edges = edgesOf(workspace.files)
  const unlisted = Array.from(workspace.manifests.keys())
    .filter((room) => !plan.arrows.has(room))
    .map((room) => `packages/${room} is no row of docs/architecture.md.`)
  return [
    ...unlisted,
    ...planCircles(plan),
    ...edges.flatMap((edge) => [...crossings(edge, plan, workspace), ...climbing(edge, plan)]),
    ...circles(
      edges.filter(({ from }) => !isTest(from)),
      workspace.files,
    ),
  ]
}

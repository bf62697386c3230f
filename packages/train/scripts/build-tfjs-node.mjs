#!/usr/bin/env node
/**
 * Builds the native part of @tensorflow/tfjs-node on machines where its own installer cannot download TensorFlow. All parts come
 * from PyPI and npm: libraries and C headers from the wheel of tensorflow-cpu, and the binding from tfjs-node's sources with
 * node-gyp.
 *
 *   npm install --ignore-scripts @tensorflow/tfjs-node
 *   npx onebit-build-tfjs-node [--wheel FILE] [--nodedir FOLDER] [--package FOLDER] [--cache FOLDER] [--check]
 *
 * It needs Linux on x64, a C++ compiler, make, and Python 3 (for pip and node-gyp). The result, 620 MB, is kept in the user's
 * cache folder, and tfjs-node gets links to it. So a second run, or another project, takes a moment. `--check` only reports
 * whether the binding loads.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, cp, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'

/**
 * The part of the C API that tfjs-node uses has not changed since version 2.9.1, for which it was made. Among the releases whose
 * wheel has the C++ library as a separate file, this one is the smallest.
 */
const TENSORFLOW = '2.15.1'
const WHEEL = {
  python: '3.11',
  platform: 'manylinux_2_17_x86_64',
  sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
}
const NODE_GYP = 'node-gyp@12.4.0'
/** The highest version of Node-API that tfjs-node's package.json lists; every supported Node has it. */
const NODE_API = 8

/** Ends the program with a message that says what happened and what to do. */
function fail(what, fix) {
  console.error(`${what}\n${fix}`)
  process.exit(1)
}

/** Runs a command, its output on standard error; `fix` is printed if it fails. */
function must(command, args, fix, options = {}) {
  console.log(`$ ${command} ${args.join(' ')}`)
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2], ...options })
  if (status !== 0) fail(`${command} failed${error ? `: ${error.message}` : ` with exit code ${status}`}.`, fix)
}

const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  ) // prettier-ignore

/** The folder of tfjs-node, as the current project or else this package resolves it. */
function findPackage() {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return dirname(createRequire(from).resolve('@tensorflow/tfjs-node/package.json'))
    } catch {}
  }
  return fail('@tensorflow/tfjs-node is not installed.', 'Run: npm install --ignore-scripts @tensorflow/tfjs-node')
}

/** Tries to load the binding in a separate process. Returns TensorFlow's version, or undefined with the reason. */
function load(folder) {
  const code = `process.stdout.write(require(${JSON.stringify(folder)}).backend().binding.TF_Version)`
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '1' }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', env })
  return status === 0 ? { version: stdout } : { reason: stderr }
}

async function checkWheel(file) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  const received = hash.digest('hex')
  if (received === WHEEL.sha256) return
  fail(
    `'${file}' is not the expected wheel: its SHA-256 is ${received}, expected ${WHEEL.sha256}.`,
    `Download it anew: tensorflow-cpu ${TENSORFLOW} for CPython ${WHEEL.python} on ${WHEEL.platform}.`,
  )
}

async function downloadWheel(folder) {
  const choice = ['--no-deps', '--only-binary=:all:', '--python-version', WHEEL.python, '--platform', WHEEL.platform]
  must(
    'python3',
    ['-m', 'pip', 'download', `tensorflow-cpu==${TENSORFLOW}`, ...choice, '--no-cache-dir', '--dest', folder],
    'Download that wheel elsewhere and give it with --wheel.',
  )
  return join(
    folder,
    (await readdir(folder)).find((name) => name.endsWith('.whl')),
  )
}

/** Extracts the two libraries and the headers of the C API from the wheel. */
async function unpack(wheel, folder, tfjsNode) {
  // This is tfjs-node's own dependency, for the archives that its installer downloads.
  const Zip = createRequire(join(tfjsNode, 'package.json'))('adm-zip')
  const zip = new Zip(wheel)
  const wanted =
    /^tensorflow\/(libtensorflow_(cc|framework)\.so\.2|include\/(tensorflow\/c|(tensorflow\/)?(core|tsl)\/(c|platform))\/.+\.h)$/
  for (const entry of zip.getEntries().filter(({ entryName }) => wanted.test(entryName))) {
    const path = entry.entryName.replace(/^tensorflow\//, '')
    const target = join(folder, path.startsWith('lib') ? 'lib' : '', dirname(path))
    zip.extractEntryTo(entry, target, false, true)
  }
  // tfjs-node links with these names. The binding then loads the libraries by their own names.
  await symlink('libtensorflow_cc.so.2', join(folder, 'lib/libtensorflow.so'))
  await symlink('libtensorflow_framework.so.2', join(folder, 'lib/libtensorflow_framework.so'))
}

/** The folder above `include/node` that belongs to this Node, if its headers are installed. */
async function findHeaders() {
  const folder = resolve(dirname(process.execPath), '..')
  return (await exists(join(folder, 'include/node/common.gypi'))) ? folder : undefined
}

async function compile(folder, tfjsNode, nodedir) {
  for (const name of ['binding', 'binding.gyp', 'package.json']) {
    await cp(join(tfjsNode, name), join(folder, name), { recursive: true })
  }
  const variables = [`--napi_build_version=${NODE_API}`, '--module_name=tfjs_binding', `--module_path=./lib/napi-v${NODE_API}`]
  const headers = nodedir ?? (await findHeaders())
  must(
    'npm',
    [
      'exec',
      '--yes',
      `--package=${NODE_GYP}`,
      '--',
      'node-gyp',
      'rebuild',
      '--loglevel=warn',
      ...variables,
      ...(headers ? [`--nodedir=${headers}`] : []),
    ],
    headers
      ? 'A C++ compiler, make and Python 3 have to be installed (Debian: build-essential python3).'
      : "If the headers of Node could not be downloaded, give their folder with --nodedir: the one with 'include/node' in it.",
    { cwd: folder },
  )
  const built = join(folder, `lib/napi-v${NODE_API}`)
  await mkdir(built, { recursive: true })
  await rename(join(folder, 'build/Release/tfjs_binding.node'), join(built, 'tfjs_binding.node'))
  for (const name of ['binding', 'binding.gyp', 'package.json', 'build']) await rm(join(folder, name), { recursive: true })
}

/** Builds into a temporary folder beside `target`, and renames it when everything is there. */
async function build(target, tfjsNode, { wheel, nodedir }) {
  await mkdir(dirname(target), { recursive: true })
  const folder = await mkdtemp(`${target}-`)
  process.on('exit', () => spawnSync('rm', ['-rf', folder]))
  const file = wheel ?? (await downloadWheel(folder))
  await checkWheel(file)
  await unpack(file, join(folder, 'deps'), tfjsNode)
  if (!wheel) await rm(file)
  await compile(folder, tfjsNode, nodedir)
  await rename(folder, target)
}

/** Replaces a folder of tfjs-node that its own installer fills. */
async function link(tfjsNode, name, target) {
  const path = join(tfjsNode, name)
  const there = await lstat(path).catch(() => undefined)
  if (there?.isSymbolicLink() && (await readlink(path)) === target) return
  await rm(path, { recursive: true, force: true })
  await symlink(target, path)
}

const path = { type: 'string' }
const { values: options } = parseArgs({
  options: { wheel: path, nodedir: path, package: path, cache: path, check: { type: 'boolean' } },
})
const tfjsNode = resolve(options.package ?? findPackage())
const before = load(tfjsNode)
if (before.version) {
  console.log(`tfjs-node loads already: TensorFlow ${before.version}, from ${tfjsNode}`)
  process.exit(0)
}
if (options.check) fail(`tfjs-node does not load from ${tfjsNode}.`, 'Run this without --check to build it.')
if (process.platform !== 'linux' || process.arch !== 'x64') {
  fail(
    `The wheel is for Linux on x64; this is ${process.platform} on ${process.arch}.`,
    "Let tfjs-node's own installer download TensorFlow: npm rebuild @tensorflow/tfjs-node",
  )
}
const { version } = JSON.parse(await readFile(join(tfjsNode, 'package.json'), 'utf8'))
const cache = options.cache ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'onebit')
const target = resolve(cache, `tfjs-node-${version}-tensorflow-${TENSORFLOW}-napi-v${NODE_API}`)
if (!(await exists(target))) await build(target, tfjsNode, options)
await link(tfjsNode, 'deps', join(target, 'deps'))
await link(tfjsNode, 'lib', join(target, 'lib'))
const after = load(tfjsNode)
if (!after.version) fail(`The binding was built but does not load:\n${after.reason}`, `Remove '${target}' and run this again.`)
console.log(`tfjs-node loads: TensorFlow ${after.version}, from ${target}`)

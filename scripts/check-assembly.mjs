/**
 * `node scripts/check-assembly.mjs [--write] [FOLDER]`: lints AssemblyScript in `packages/NAME/assembly` and checks its format, as a part of
 * `npm run lint`. `--write` formats the files and applies safe fixes. FOLDER is the folder of `packages`, by default the repository.
 *
 * AssemblyScript allows decorators on functions and constants (`@inline function`), and Biome cannot parse them. So Biome checks copies
 * with a comment of the same length in place of each decorator. Lines and columns in its report are those of the original files.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { root } from './setup.mjs'

/** A decorator at the beginning of a line, with its arguments. A comment needs 4 characters, so `@` and a shorter name do not match. */
const DECORATOR = /^([ \t]*)(@\w{4,}(?:\([^()\n]*\))?)/gm
const COMMENT = /\/\*@[^*\n]*\*\//g

/** Rules that AssemblyScript makes impossible, each with the reason. */
const SWITCHED_OFF = {
  // Integers have up to 64 bits, so literals beyond 2^53 are exact.
  correctness: { noPrecisionLoss: 'off' },
}

/**
 * @param {string} text
 * @returns {string} the text with comments in place of decorators: `@inline` becomes `@in` between the marks of a comment
 */
function maskDecorators(text) {
  return text.replace(DECORATOR, (_, indent, decorator) => `${indent}/*${decorator.slice(0, -4)}*/`)
}

/**
 * @param {string} masked The masked text, perhaps formatted.
 * @param {string} original The text with its decorators.
 * @param {string} file The name of the file in errors.
 * @returns {string} the masked text with the decorators of the original, in their order
 */
function restoreDecorators(masked, original, file) {
  const decorators = Array.from(original.matchAll(DECORATOR), ([, , decorator]) => decorator)
  const comments = masked.match(COMMENT) ?? []
  if (comments.length !== decorators.length) {
    throw new Error(
      `${file} has ${decorators.length} decorators and ${comments.length} comments that begin with /*@. Remove such comments.`,
    )
  }
  return masked.replace(COMMENT, () => /** @type {string} */ (decorators.shift()))
}

/**
 * @param {string} folder
 * @returns {string[]} paths of the files from the folder on. Generated files are not in the repository, so they are left out.
 */
function assemblyFiles(folder) {
  const folders = readdirSync(join(folder, 'packages')).map((name) => join('packages', name, 'assembly'))
  return folders
    .filter((path) => existsSync(join(folder, path)))
    .flatMap((path) => readdirSync(join(folder, path), { recursive: true }).map((name) => join(path, String(name))))
    .filter((path) => path.endsWith('.ts') && !path.split(/[\\/]/).includes('generated'))
}

/** @returns {string} the repository's settings of Biome for a folder of copies */
function settings() {
  const { vcs: _, ...given } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'))
  const rules = { ...given.linter.rules }
  for (const [group, off] of Object.entries(SWITCHED_OFF)) rules[group] = { ...rules[group], ...off }
  return JSON.stringify({ ...given, files: { includes: ['**/*.ts'] }, linter: { ...given.linter, rules } })
}

/**
 * @param {string} folder
 * @param {boolean} write
 * @returns {number} the exit code: 0 without findings
 */
function checkAssembly(folder, write) {
  const files = assemblyFiles(folder)
  if (files.length === 0) throw new Error(`There is no AssemblyScript in ${join(folder, 'packages/*/assembly')}.`)
  const originals = new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]))
  const copies = mkdtempSync(join(tmpdir(), 'assembly-'))
  try {
    writeFileSync(join(copies, 'biome.json'), settings())
    for (const [file, text] of originals) {
      mkdirSync(dirname(join(copies, file)), { recursive: true })
      writeFileSync(join(copies, file), maskDecorators(text))
    }
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
    const options = ['--error-on-warnings', '--max-diagnostics=none', ...(write ? ['--write'] : []), 'packages']
    const { status } = spawnSync(process.execPath, [biome, 'check', ...options], { cwd: copies, stdio: 'inherit' })
    if (write) {
      const restored = files.map((file) => restoreDecorators(readFileSync(join(copies, file), 'utf8'), originals.get(file), file))
      for (const [index, file] of files.entries()) {
        if (restored[index] !== originals.get(file)) writeFileSync(join(folder, file), restored[index])
      }
    }
    return status ?? 1
  } finally {
    rmSync(copies, { recursive: true, force: true })
  }
}

const paths = process.argv.slice(2).filter((argument) => argument !== '--write')
process.exitCode = checkAssembly(resolve(paths[0] ?? root), process.argv.includes('--write'))

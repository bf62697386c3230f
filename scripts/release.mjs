/**
 * `npm run release`: publishes every package whose version is not in the registry yet. `--check` only checks that this is
 * possible.
 *
 * The address of the repository is in one place, `repository.url` of the root package.json. npm's provenance needs it in every
 * package. So this script writes `repository`, `homepage` and `bugs` into each package while it publishes, and refuses to publish
 * without an address.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { must, pnpm, root, setUp } from './setup.mjs'

const ADDRESS = /^(git\+)?https:\/\/[^/]+\/[^/]+\/[^/]+?(\.git)?$/

/** Folders of the published packages. */
function publishedFolders() {
  return readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}`)
    .filter((folder) => !JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).private)
}

/** The fields of a package.json that follow from the repository's address. */
export function addressFields(url, directory) {
  const web = url.replace(/^git\+/, '').replace(/\.git$/, '')
  return {
    repository: { type: 'git', url: `git+${web}.git`, directory },
    homepage: `${web}/tree/main/${directory}#readme`,
    bugs: `${web}/issues`,
  }
}

/** @returns the reason why nothing can be published, or undefined. */
export function refusal(url) {
  if (!url) return `The root package.json has no 'repository.url'. Set it to the address of the repository, then release again.`
  if (!ADDRESS.test(url)) return `'${url}' is no address of a repository. Expected https://HOST/OWNER/NAME in 'repository.url'.`
  return undefined
}

function release() {
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const url = typeof repository === 'string' ? repository : repository?.url
  const reason = refusal(url)
  if (reason) {
    console.error(reason)
    process.exit(1)
  }
  const folders = publishedFolders()
  if (process.argv.includes('--check')) {
    console.log(`${folders.length} packages can be published from ${url}.`)
    return
  }
  setUp({ tasks: ['build', 'build:types'] })
  const originals = new Map(folders.map((folder) => [folder, readFileSync(join(root, folder, 'package.json'), 'utf8')]))
  try {
    for (const [folder, text] of originals) {
      const filled = { ...JSON.parse(text), ...addressFields(url, folder) }
      writeFileSync(join(root, folder, 'package.json'), `${JSON.stringify(filled, null, 2)}\n`)
    }
    must('Publishing', pnpm('publish', '--recursive', '--no-git-checks'))
  } finally {
    for (const [folder, text] of originals) writeFileSync(join(root, folder, 'package.json'), text)
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) release()

/** A release takes the repository's address from one place, and refuses to run without it. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { addressFields, refusal } from '../scripts/release.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

test('an address gives every package its repository, homepage and bugs', () => {
  const expected = {
    repository: { type: 'git', url: 'git+https://example.org/a/b.git', directory: 'packages/core' },
    homepage: 'https://example.org/a/b/tree/main/packages/core#readme',
    bugs: 'https://example.org/a/b/issues',
  }
  for (const url of ['https://example.org/a/b', 'git+https://example.org/a/b.git']) {
    expect(refusal(url)).toBeUndefined()
    expect(addressFields(url, 'packages/core')).toEqual(expected)
  }
})

test.each([undefined, '', 'b', 'https://example.org', 'ssh://example.org/a/b'])('%s is refused', (url) => {
  expect(refusal(url)).toMatch(/repository\.url/)
})

test('the command refuses while the root names no address, and publishes nothing', async () => {
  const { repository } = JSON.parse(await readFile(`${root}/package.json`, 'utf8')) as { repository?: unknown }
  const check = promisify(execFile)(process.execPath, ['scripts/release.mjs', '--check'], { cwd: root })
  if (repository) await expect(check).resolves.toMatchObject({ stdout: expect.stringMatching(/packages can be published/) })
  else await expect(check).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/has no 'repository\.url'/) })
})

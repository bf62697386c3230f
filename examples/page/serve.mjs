/** Serves the page, a model file, and the published files of the packages: node serve.mjs MODEL [PORT]. */
import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const PAGES = { '/': 'index.html', '/page.mjs': 'page.mjs', '/page.css': 'page.css' }
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}
/** A page with these may share memory with workers, as threads of WebAssembly do. */
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

/** The file at a path of the site, if there is one. */
async function fileAt(path, model) {
  if (path === '/model.safetensors') return model
  if (Object.hasOwn(PAGES, path)) return join(here, PAGES[path])
  const [, scope, name] = path.split('/')
  if (scope !== '@onebit' || !name) return undefined
  const folder = await realpath(join(here, 'node_modules', scope, name)).catch(() => undefined)
  if (!folder) return undefined
  const file = join(folder, path.slice(`/${scope}/${name}/`.length))
  // Nothing beside the package.
  return relative(folder, file).startsWith(`..${sep}`) ? undefined : file
}

/**
 * @param model Path of a model file.
 * @param port 0 takes any that is free.
 * @returns The running server.
 */
export async function serve(model, port = 0) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    const file = await fileAt(pathname, model)
    const found = file && (await stat(file).catch(() => undefined))
    if (!found?.isFile()) return response.writeHead(404).end()
    const type = TYPES[extname(file)] ?? 'application/octet-stream'
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': found.size, ...ISOLATED })
    createReadStream(file).pipe(response)
  })
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return server
}

if (import.meta.url === pathToFileURL(argv[1]).href) {
  const [, , model, port = '8080'] = argv
  if (!model) {
    console.error('Give a model file: node serve.mjs runs/first-network/first.safetensors')
    process.exit(2)
  }
  const server = await serve(model, Number(port))
  console.log(`http://localhost:${server.address().port}/`)
}

/** The module for a recipe's `"plugins"`: every part of the package, each found by its name. */
import { counting } from './counting.mjs'
import { dots } from './dots.mjs'
import { countHead } from './head.mjs'

export default [counting, countHead, dots]

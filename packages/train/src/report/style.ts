/** The page's style sheet: one column on a phone, several on a desk. */
import { COLORS } from './palette.ts'

const { page, quiet, ink, muted, link, line, right, wrong, warning, warningLine } = COLORS

export const STYLE = `
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1240px; margin: 1.5rem auto; padding: 0 1rem; color: ${ink}; background: ${page}; overflow-wrap: break-word; }
h1 { margin: 0; line-height: 1.2; } h2 { margin: 2.2rem 0 .4rem; line-height: 1.25; } h3 { font-size: 1rem; margin: 0 0 .3rem; }
a { color: ${link}; } p { margin: .3rem 0 .8rem; max-width: 75ch; } .lead, .note, figcaption, .meaning { color: ${muted}; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding: 0; margin: .8rem 0; } nav a { display: inline-block; padding: .2rem 0; }
.warnings { background: ${warning}; border-left: 4px solid ${warningLine}; padding: .6rem .9rem; margin: 1rem 0; } .warnings p, .warnings ul { margin: .2rem 0; } .warnings ul { padding-left: 1.2rem; }
dl { margin: .6rem 0; } dd { margin: 0; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(210px, 100%), 1fr)); gap: .7rem 1.2rem; } .facts dt { color: ${muted}; font-size: .9rem; }
.metrics { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); gap: 1rem; } .metrics .value { font-size: 1.9rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; font-size: .95rem; } th, td { border-bottom: 1px solid ${line}; padding: .3rem .9rem .3rem 0; text-align: left; vertical-align: middle; } thead th { vertical-align: bottom; } td { font-variant-numeric: tabular-nums; } tbody th { font-weight: normal; }
th.number, td.number { text-align: right; }
.heat th, .heat td { border: 1px solid ${line}; padding: .3rem .45rem; } .heat td { text-align: right; min-width: 2.2rem; } .heat thead th:not(:first-child) { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; font-weight: normal; border: 0; padding: .45rem .2rem; } .heat td.same { font-weight: bold; outline: 2px solid ${muted}; outline-offset: -2px; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(360px, 100%), 1fr)); gap: 1.6rem 1.2rem; } .charts.small { grid-template-columns: repeat(auto-fill, minmax(min(270px, 100%), 1fr)); }
figure { margin: 0; min-width: 0; } figure > svg { display: block; width: 100%; max-width: 460px; height: auto; } figcaption { font-size: .9rem; }
.legend { list-style: none; padding: 0; margin: .2rem 0 .4rem; display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .9rem; } .legend svg { vertical-align: middle; margin-right: .35rem; }
.samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 1rem .8rem; padding: 0; list-style: none; font-size: .9rem; } .samples img { width: 100%; max-width: 192px; image-rendering: pixelated; border: 3px solid ${line}; display: block; }
.samples .right img { border-color: ${right}; } .samples .wrong img { border: 3px dashed ${wrong}; } .right .verdict { color: ${right}; } .wrong .verdict { color: ${wrong}; } .verdict { font-weight: bold; }
pre { background: ${quiet}; padding: .8rem; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .9rem; } summary { cursor: pointer; padding: .2rem 0; }
.glossary dt { font-weight: bold; margin-top: .6rem; } .glossary dd { max-width: 75ch; } :target { background: ${warning}; }
@media (max-width: 600px) {
  .stack, .stack tbody, .stack tr, .stack th, .stack td { display: block; } .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack tr { border-bottom: 2px solid ${line}; padding: .4rem 0; } .stack tbody th { font-weight: bold; } .stack tbody th, .stack tbody td { border: 0; padding: .1rem 0; text-align: left; } .stack td { display: flex; justify-content: space-between; gap: 1rem; } .stack td::before { content: attr(data-label); color: ${muted}; }
  table { font-size: .9rem; } th, td { padding-right: .6rem; }
  .heat { font-size: .75rem; } .heat th, .heat td { padding: .15rem .1rem; min-width: 0; } .heat td { min-width: 1.45rem; } .samples { grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); } .facts { grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); }
}
@media print { nav { display: none; } figure, .samples li { break-inside: avoid; } }
`

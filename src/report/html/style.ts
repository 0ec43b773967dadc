import { drillStyle } from './drill-style.ts';

/** The page's style. Its bytes are part of the report. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #faf9f5; --card: #ffffff; --ink: #1d1b18; --soft: #5d584f; --line: #dfdacf; --well: #f3f0e8;
  --good: #17633a; --bad: #a2161d; --open: #775000; --link: #1d4e8c;
  --good-well: #e7f2ea; --bad-well: #fbe9e8; --open-well: #f8eed6;
  --serif: "Iowan Old Style", Charter, "Bitstream Charter", "Source Serif 4", Cambria, Georgia, "DejaVu Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #171613; --card: #1f1d1a; --ink: #ece8df; --soft: #aca598; --line: #3a362f; --well: #26231f;
    --good: #83d09d; --bad: #ff9f98; --open: #eac06a; --link: #9fc3f5;
    --good-well: #182a1f; --bad-well: #361d1b; --open-well: #312710;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 var(--sans); overflow-wrap: anywhere; }
.page { max-width: 1160px; margin: 0 auto; padding: 3rem 2rem 5rem; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
[hidden] { display: none !important; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 9; }
h1, h2, h3, h4, h5, p, ul, dl, figure, pre { margin: 0; }
ul { padding: 0; list-style: none; }
ul.plain, dd ul { padding-left: 1.1rem; list-style: disc; }
h1, h2, .lead, .says { font-family: var(--serif); }
h1 { font-size: 2.35rem; line-height: 1.15; font-weight: 600; letter-spacing: -.01em; }
h2 { font-size: 1.6rem; line-height: 1.2; font-weight: 600; margin: 4rem 0 1rem; }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
h4 { font-size: .95rem; margin: 1.5rem 0 .4rem; }
h5 { font-size: 1rem; line-height: 1.4; }
small { font-weight: 400; font-size: .85rem; color: var(--soft); margin-left: .4rem; }
code, pre { font-family: var(--mono); font-size: .82rem; }
pre { white-space: pre-wrap; tab-size: 2; background: var(--well); padding: .7rem .9rem; border-radius: 3px; }
.note { color: var(--soft); font-size: .87rem; max-width: 46rem; }
.kicker { color: var(--soft); font-size: .8rem; letter-spacing: .09em; text-transform: uppercase; margin-bottom: .6rem; }
.lead { font-size: 1.3rem; margin: .9rem 0 0; }
.lead.refuted b, .mark.refuted { color: var(--bad); }
.lead.unproved b, .mark.unproved, .mark.waived { color: var(--open); }
.lead.proved b, .mark.proved { color: var(--good); }
.mark.outside { color: var(--soft); }
.mark { font-size: .87rem; font-weight: 600; white-space: nowrap; }
.mark b { display: inline-block; min-width: .9em; }
.alarm { margin-top: 1rem; padding: .7rem 1rem; border-left: 3px solid var(--open); background: var(--open-well); }

.tiles { display: grid; grid-template-columns: repeat(4, 1fr); margin: 2rem 0; border-block: 1px solid var(--line); }
.tiles a { display: block; padding: 1rem 1.25rem 1.1rem; color: inherit; text-decoration: none; }
.tiles li + li { border-left: 1px solid var(--line); }
.tiles a:hover, .tiles a[aria-current=true] { background: var(--card); box-shadow: inset 0 -2px 0 var(--link); }
.tiles strong { display: block; font: 400 2.5rem/1.1 var(--serif); font-variant-numeric: lining-nums; }

.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .8rem 2rem; }
.facts .wide { grid-column: 1 / -1; }
dt { color: var(--soft); font-size: .8rem; }
dd { margin: 0; }
nav { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; margin-top: 2.25rem; padding-top: 1rem; border-top: 1px solid var(--line); }
nav + main > section:first-child h2 { margin-top: 2.5rem; }

.filter { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: end; margin-bottom: 1.25rem; }
.filter label span { display: block; color: var(--soft); font-size: .8rem; }
.filter .find { flex: 1 1 16rem; }
input, select, button { font: inherit; color: inherit; background: var(--card); border: 1px solid #8b857a; border-radius: 3px; padding: .35rem .6rem; min-height: 2.3rem; }
.find input { width: 100%; }
button { cursor: pointer; }
.acts { display: flex; gap: .5rem; }
output { color: var(--soft); font-size: .87rem; padding-bottom: .45rem; font-variant-numeric: tabular-nums; }

.claim { border-top: 1px solid var(--line); }
.claim:last-child { border-bottom: 1px solid var(--line); }
.claim > summary { display: grid; grid-template-columns: 6.5rem 1fr; gap: 0 1rem; padding: .8rem 1.4rem .8rem 0; cursor: pointer; list-style: none; position: relative; }
.claim > summary::-webkit-details-marker { display: none; }
.claim > summary::after { content: ""; position: absolute; right: .3rem; top: 1.25rem; width: .45rem; height: .45rem; border: solid var(--soft); border-width: 0 1.5px 1.5px 0; transform: rotate(45deg); }
.claim[open] > summary::after { transform: rotate(-135deg); top: 1.45rem; }
.claim > summary:hover .says { text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: .2em; }
.claim .mark { padding-top: .18rem; }
.says { font-size: 1.1rem; line-height: 1.4; }
.meta { grid-column: 2; color: var(--soft); font-size: .83rem; }
.body { margin-left: 7.5rem; padding: 0 0 2rem; }
.body > * + * { margin-top: 1.25rem; }
.reason { max-width: 46rem; }
.breach, .record { border-left: 3px solid var(--bad); background: var(--bad-well); padding: .9rem 1.1rem 1.1rem; margin-top: .75rem; }
.record { border-color: var(--line); background: var(--well); }
.breach dl, .record dl { margin-top: .6rem; display: grid; gap: .25rem; }
.breach dl div, .record dl div { display: grid; grid-template-columns: 5.5rem 1fr; gap: .75rem; align-items: baseline; }
.breach pre, .record pre { background: var(--card); }
figure { margin-top: .9rem; }
figcaption { color: var(--soft); font-size: .8rem; margin-bottom: .25rem; }
.copier { float: right; min-height: 0; padding: .1rem .6rem; font-size: .8rem; margin: .4rem .4rem 0 0; position: relative; }
.trials li { display: grid; grid-template-columns: 6rem 1fr; gap: 0 1rem; padding: .55rem 0; border-top: 1px solid var(--line); }
.trials { margin-top: .6rem; }
.sql { margin-top: .3rem; font-size: .87rem; }
.sql > summary { cursor: pointer; color: var(--link); width: fit-content; }
.sql > pre, .sql > p, .sql > .scroll { margin-top: .4rem; }

.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; font-variant-numeric: tabular-nums lining-nums; }
th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0; font-weight: 400; }
thead th { color: var(--soft); font-size: .8rem; border-bottom: 1px solid var(--line); }
.obs { min-width: 34rem; }
.obs td { border-top: 1px solid var(--line); }
.obs td:first-child { width: 4.5rem; color: var(--soft); }
.obs td:nth-child(2) { width: 9rem; }
.obs td:last-child { width: 5.5rem; white-space: nowrap; color: var(--good); padding-right: .4rem; }
.obs .x td { background: var(--bad-well); }
.obs .x td:last-child { color: var(--bad); font-weight: 600; }
.obs .g th { padding-top: 1rem; }
.obs .g span { color: var(--soft); }
.rule { color: var(--soft); font-size: .83rem; }
tr:target td { box-shadow: inset 0 2px 0 var(--link), inset 0 -2px 0 var(--link); }
.lines th, .lines td { border-top: 1px solid var(--line); }
.lines .differs td:nth-child(3) { font-weight: 600; }
.lines td:last-child { padding-right: 0; }
.counts td { text-align: right; }
.hashes code { white-space: nowrap; }

.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .8rem 0 1rem; font-size: .87rem; }
.y { color: var(--good); }
.n { color: var(--bad); }
.grid { overflow: auto; max-height: 44rem; border: 1px solid var(--line); background: var(--card); margin-top: .75rem; }
.grid table { border-collapse: separate; border-spacing: 0; width: auto; min-width: 100%; }
.grid th, .grid td { padding: 0; border-bottom: 1px solid var(--line); background: var(--card); }
.grid thead th { position: sticky; top: 0; z-index: 2; vertical-align: bottom; padding: .6rem .3rem .5rem; text-align: center; }
.grid thead th span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 11rem; display: inline-block; text-align: left; color: var(--ink); }
.grid th:first-child { position: sticky; left: 0; z-index: 1; padding: .3rem .9rem; border-right: 1px solid var(--line); min-width: 9rem; max-width: 17rem; text-align: left; }
.grid thead th:first-child { z-index: 3; padding-bottom: .5rem; }
.grid tbody tr:not(.t) th { padding-left: 1.7rem; font-size: .8rem; letter-spacing: .02em; }
.grid .t th, .grid .t td { background: var(--well); font-weight: 600; }
.grid td { text-align: center; color: var(--soft); min-width: 3.4rem; vertical-align: middle; }
.grid a { display: block; padding: .3rem .3rem; text-decoration: none; white-space: nowrap; }
.grid a:hover { text-decoration: underline; background: var(--well); }
.grid a:focus-visible { outline-offset: -2px; }
.grid a.n { background: var(--bad-well); font-weight: 700; }
dialog { width: min(46rem, calc(100vw - 2rem)); max-height: 85vh; padding: 1.25rem 1.5rem 1.5rem; border: 1px solid var(--line); border-radius: 4px; background: var(--card); color: var(--ink); overflow-wrap: anywhere; }
dialog::backdrop { background: rgb(0 0 0 / .45); }
dialog form { display: flex; justify-content: space-between; gap: 1rem; align-items: start; }
dialog h3 { margin: .2rem 0 0; font-size: 1.1rem; }
dialog h4 { margin: 0; }
dialog pre { margin: .6rem 0; }

.pair { display: grid; grid-template-columns: 3fr 2fr; gap: 0 3.5rem; align-items: start; }
.who div { display: grid; grid-template-columns: 10rem 1fr; gap: 1rem; padding: .35rem 0; border-top: 1px solid var(--line); font-size: .87rem; }
.who dt { color: inherit; font-size: inherit; }
#verify p, #cluster > p { max-width: 46rem; margin-bottom: .8rem; }
${drillStyle}
@media (max-width: 720px) {
  .page { padding: 1.75rem 1rem 3rem; }
  h1 { font-size: 1.75rem; }
  h2 { margin-top: 3rem; }
  .lead { font-size: 1.15rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles a { padding: .7rem .9rem; }
  .tiles strong { font-size: 2rem; }
  .tiles li:nth-child(3) { border-left: 0; }
  .tiles li:nth-child(n + 3) { border-top: 1px solid var(--line); }
  .facts { grid-template-columns: 1fr 1fr; gap: .8rem 1rem; }
  .filter label { flex: 1 1 8rem; }
  .filter .find { flex-basis: 100%; }
  select { width: 100%; }
  .claim > summary { grid-template-columns: 1fr; }
  .meta { grid-column: 1; }
  .claim .mark { padding: 0; }
  .body { margin-left: 0; }
  .breach dl div, .record dl div { grid-template-columns: 1fr; gap: 0; }
  .trials li { grid-template-columns: 1fr; }
  .pair { grid-template-columns: 1fr; }
  .who div { grid-template-columns: 7.5rem 1fr; }
  .grid { max-height: 36rem; }
  .grid th:first-child { min-width: 7rem; max-width: 9.5rem; padding-inline: .6rem; }
  .grid tbody tr:not(.t) th { padding-left: 1rem; }
}

@page { size: A4; margin: 16mm 14mm; }
@page broad { size: A4 landscape; }
@media print {
  :root {
    --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --well: #f4f4f4;
    --good: #0f5a30; --bad: #98121a; --open: #664400; --link: #000;
    --good-well: #fff; --bad-well: #fff; --open-well: #fff;
  }
  body { font-size: 9.5pt; }
  .page { max-width: none; padding: 0; }
  nav, .filter, .skip, .copier, dialog, .claim > summary::after { display: none !important; }
  .claim[hidden] { display: block !important; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  .tiles { margin: 1rem 0; }
  h2 { margin-top: 2rem; }
  h1, h2, h3, h4, h5, figcaption, .claim > summary, .obs .g { break-after: avoid; }
  .breach dl, .trials li, tr, .tiles, .facts > div { break-inside: avoid; }
  .body { margin-left: 0; }
  .scroll, .grid { overflow: visible; max-height: none; border: 0; }
  .obs { min-width: 0; table-layout: fixed; }
  .obs td:nth-child(1) { width: 11mm; }
  .obs td:nth-child(2) { width: 28mm; }
  .obs td:last-child { width: 20mm; }
  .obs thead th:nth-child(1) { width: 11mm; }
  .obs thead th:nth-child(2) { width: 28mm; }
  .obs thead th:last-child { width: 20mm; }
  .grid table { font-size: 7.5pt; table-layout: fixed; width: 100%; }
  .grid td { min-width: 0; }
  .grid th:first-child { position: static; min-width: 0; width: 40mm; padding: 1pt 4pt; }
  .grid thead th { position: static; padding: 2pt; }
  .grid a { padding: 1pt 0; white-space: normal; overflow-wrap: normal; }
  .grid.broad { page: broad; }
  .hashes code { white-space: normal; }
  thead { display: table-header-group; }
  a { text-decoration: none; }
}
`;

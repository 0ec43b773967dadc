/** Of the timelines of drills. No colour stands alone: lanes have names, the fault has its word, marks have numbers. */
export const drillStyle = `
.timeline > .facts { margin-bottom: 1rem; }
.timeline > .scroll + .scroll, .timeline > .sql { margin-top: .9rem; }
.timeline figcaption { margin-top: .25rem; max-width: 46rem; }
svg.drill { display: block; width: 100%; min-width: 34rem; height: auto; background: var(--card); border: 1px solid var(--line); border-radius: 3px; font: 11px var(--sans); font-variant-numeric: tabular-nums lining-nums; }
.drill text { fill: var(--soft); }
.drill .head { fill: var(--ink); stroke: var(--card); stroke-width: 3; paint-order: stroke; }
.drill path { fill: none; stroke: var(--soft); stroke-width: 1; }
.drill .bands .even .whole { fill: var(--open-well); }
.drill .bands .odd .whole { fill: var(--well); }
.drill .bands .name { fill: none; stroke: var(--open); stroke-width: .75; }
.drill .bands text { fill: var(--ink); }
.drill .fault path { stroke: var(--bad); stroke-width: 1.75; }
.drill .fault text { fill: var(--bad); font-weight: 700; }
.drill .ground, .drill .axis path { stroke: var(--line); }
.drill .rate .line { stroke: var(--good); stroke-width: 1.5; stroke-linejoin: round; }
.drill .rate .area { fill: var(--good); opacity: .16; stroke: none; }
.drill .other .line { stroke: var(--link); stroke-width: 1.5; stroke-linejoin: round; }
.drill .other .area { fill: var(--link); opacity: .12; stroke: none; }
.drill .bars { stroke: var(--bad); stroke-width: 2; }
.drill path.needed { stroke: var(--ink); stroke-dasharray: 4 3; stroke-width: .75; }
.drill text.needed { font-size: 9.5px; }
.drill .pin circle { fill: var(--card); stroke: var(--soft); }
.drill .pin.broke circle { fill: var(--bad-well); stroke: var(--bad); stroke-width: 1.5; }
.drill .pin text { fill: var(--ink); font-size: 9.5px; }
.marks td:nth-child(2), .marks td:nth-child(3) { white-space: nowrap; }
.drills { min-width: 58rem; }
.drills th:first-child { min-width: 12rem; }
.drills td:not(:nth-child(5)), .drills thead th { white-space: nowrap; }
.drills .mark { padding: 0; }
.drills .x { color: var(--bad); font-weight: 600; }
.timeline, .sql > .timeline { margin-top: .4rem; }
@media print { svg.drill { min-width: 0; break-inside: avoid; } .drills { min-width: 0; } .drills td:not(:nth-child(5)) { white-space: normal; } .trials li:has(.timeline) { break-inside: auto; } }
`;

/** The look of the report, light or dark as the reader's system is. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5d6b7c; --faint: #dfe4ea; --page: #fbfbfa; --card: #fff; --good: #1a7f4b; --bad: #b3402a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --soft: #9aa7b6; --faint: #2d3642; --page: #12161c; --card: #1a2029; --good: #5cc892; --bad: #f0836b; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 76rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.02em; }
h2 { font-size: 1.35rem; margin: 3rem 0 .25rem; letter-spacing: -.01em; }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
p { margin: .25rem 0 .75rem; color: var(--soft); max-width: 46rem; }
p.legend-text { font-size: .82rem; max-width: none; }
p > code { display: block; padding: .5em .8em; border-radius: 8px; }
p.lead { color: var(--ink); font-size: 1.08rem; }
code { font: .86em ui-monospace, SFMono-Regular, Menlo, monospace; background: var(--faint); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere; }
figure { margin: 0 0 1rem; padding: 1rem 1rem .5rem; background: var(--card); border: 1px solid var(--faint); border-radius: 12px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--faint); border-radius: 12px; padding: .5rem 1rem; margin-bottom: 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .86rem; white-space: nowrap; }
th, td { text-align: right; padding: .4rem .5rem; border-bottom: 1px solid var(--faint); }
tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 600; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
td small { color: var(--soft); font-size: .85em; }
.less { color: var(--good); } .more { color: var(--bad); }
i.dot { display: inline-block; width: .7em; height: .7em; border-radius: 50%; margin-right: .5em; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: .88rem; padding: 0 .25rem .5rem; }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; overflow: visible; }
svg text { fill: var(--ink); } svg .tick, svg .value { fill: var(--soft); font-size: 11px; } svg .value { font-size: 9.5px; }
svg .axis { fill: var(--soft); font-weight: 600; } svg .grid { stroke: var(--faint); stroke-width: 1; }
svg .name { font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; } svg .mark { stroke: var(--card); stroke-width: 1.5; } svg .spread { stroke-width: 1.5; opacity: .55; }
svg .pools { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 2 4; } svg .pool { fill: var(--soft); }
svg .arrivals { fill: var(--soft); opacity: .35; } svg .planned { stroke: var(--ink); stroke-width: 1.5; }
svg .trace { stroke-width: 2; opacity: .9; }
`;

/** Told apart also by most who see few colours, on light and on dark (after Okabe and Ito). */
const COLOURS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#8c6bb1',
  '#7f8c3b',
  '#a0522d',
  '#708090',
];

export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#708090';
}

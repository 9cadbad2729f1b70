import { median } from './statistics.ts';

/** One line of the benchmark's table. */
export interface Row {
  readonly suite: string;
  /** What was measured, with its unit. */
  readonly what: string;
  readonly ours: number;
  /** What it is compared with, and its figure; absent where there is nothing to compare with. */
  readonly other?: { readonly name: string; readonly value: number };
  /** Ours / other: the median over the pairs of each pair's own ratio, because both of a pair met the same noise. */
  readonly ratio?: number;
  /** What must hold, and whether it does; absent where the row is for information. */
  readonly target?: Target;
  /** Everything behind the figures, for the JSON. */
  readonly behind?: unknown;
}

export interface Target {
  readonly of: 'ratio' | 'ours';
  readonly limit: number;
  readonly sense: 'atLeast' | 'atMost';
}

/** What a suite is told. */
export interface BenchOptions {
  /** Fewer pairs and fewer tasks: shows that everything runs, and proves little. */
  readonly quick: boolean;
  /** Says what is being measured. */
  readonly say: (line: string) => void;
  /** What the times of the live load are multiplied by; absent for the suite's own. */
  readonly timeScale?: number;
}

/** A part of the benchmark: `test/bench/<name>.ts` exports one of these as `run`. */
export type Suite = (options: BenchOptions) => Promise<readonly Row[]>;

/** Undefined where the row has no target. */
export function passes(row: Row): boolean | undefined {
  if (row.target === undefined) return undefined;
  const value = row.target.of === 'ours' ? row.ours : row.ratio;
  if (value === undefined) return false;
  return row.target.sense === 'atLeast' ? value >= row.target.limit : value <= row.target.limit;
}

/** A row of medians, with the median of each pair's own ratio. */
export function paired(
  suite: string,
  what: string,
  ours: readonly number[],
  [name, other]: readonly [string, readonly number[]],
): Row {
  const ratios = ours.map((value, pair) => value / (other[pair] ?? Number.NaN));
  return {
    suite,
    what,
    ours: median(ours),
    other: { name, value: median(other) },
    ratio: median(ratios),
    behind: { ours, other, ratios },
  };
}

const HEADINGS = ['suite', 'what', 'ours', 'other', 'ratio', 'target', 'pass'];

/** The rows as text, in columns. */
export function table(rows: readonly Row[]): string {
  const lines = [HEADINGS, ...rows.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function cells(row: Row): string[] {
  const passed = passes(row);
  return [
    row.suite,
    row.what,
    figure(row.ours),
    row.other === undefined ? '' : `${row.other.name} ${figure(row.other.value)}`,
    row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}×`,
    row.target === undefined ? '' : targetText(row.target),
    passed === undefined ? '' : passed ? 'yes' : 'NO',
  ];
}

function targetText({ of, limit, sense }: Target): string {
  return `${sense === 'atLeast' ? '≥' : '≤'} ${String(limit)}${of === 'ratio' ? '×' : ''}`;
}

/** Three digits that count. */
function figure(value: number): string {
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)));
}

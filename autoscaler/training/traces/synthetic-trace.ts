import { RandomStream } from '../../../shared/workload/random-stream.ts';
import { TRACE_COLUMNS } from './invocation-trace.ts';

interface CalledFunction {
  readonly app: string;
  readonly func: string;
  readonly meanSeconds: number;
  /** Calls a second at a time, before chance. */
  readonly ratePerSecond: (seconds: number) => number;
}

/** A steady function, one with a daily swing in miniature, and one that a timer calls in bunches. */
const functions: readonly CalledFunction[] = [
  { app: 'shop', func: 'thumbnail', meanSeconds: 0.9, ratePerSecond: () => 1.2 },
  {
    app: 'shop',
    func: 'checkout',
    meanSeconds: 0.5,
    ratePerSecond: (seconds) => 1 + 0.8 * Math.sin((2 * Math.PI * seconds) / 300),
  },
  {
    app: 'reports',
    func: 'nightly',
    meanSeconds: 2,
    ratePerSecond: (seconds) => (seconds % 150 < 16 ? 4 : 0.05),
  },
];

const LENGTH_SECONDS = 600;
/** Above every rate: calls are drawn by rejection under it. */
const HIGHEST_RATE = 5;

/** A made-up trace in the layout of the real ones, ten minutes long. `synthetic.csv` is that of seed 1. */
export function syntheticTrace(seed: number): string {
  const rows = functions.flatMap((each) => {
    const stream = new RandomStream(seed, `${each.app}/${each.func}`);
    const calls: { readonly end: number; readonly row: string }[] = [];
    for (
      let at = stream.exponential(1 / HIGHEST_RATE);
      at < LENGTH_SECONDS;
      at += stream.exponential(1 / HIGHEST_RATE)
    ) {
      const isKept = stream.unit() * HIGHEST_RATE < each.ratePerSecond(at);
      const duration = stream.gamma(2, each.meanSeconds);
      const end = at + duration;
      if (isKept)
        calls.push({ end, row: `${each.app},${each.func},${end.toFixed(3)},${duration.toFixed(3)}` });
    }
    return calls;
  });
  const sorted = rows.sort((a, b) => a.end - b.end).map(({ row }) => row);
  return `${[TRACE_COLUMNS.join(','), ...sorted].join('\n')}\n`;
}

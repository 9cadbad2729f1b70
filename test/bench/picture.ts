import { benchPipeline } from './pipeline.ts';
import type { PipelineRow } from './pipeline.ts';
import type { BenchOptions, Row, Target } from './row.ts';

const OTHERS = {
  pillowNumpy: 'Pillow + NumPy',
  pillowFastest: 'Pillow, fastest',
  sharpNaive: 'naive sharp',
} as const;
type Other = keyof typeof OTHERS;

/** The picture pipeline as rows of the table: pictures per second, so that more is better as for the queues. */
export async function run({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  const bench = await benchPipeline(quick ? { sidesPixels: [512, 1024], pairs: 3 } : {});
  for (const note of bench.notes) say(note);
  const others = Object.keys(OTHERS) as Other[];
  return bench.rows.flatMap((row) => others.flatMap((other) => asRow(row, other)));
}

function asRow(row: PipelineRow, other: Other): Row[] {
  const [ours, theirs, ratio] = [row.wallMs.farm, row.wallMs[other], row.timesFaster[other]];
  if (ours === undefined || theirs === undefined || ratio === undefined) return [];
  const limit = leastRatio(row.sidePixels, other);
  const target: Target | undefined =
    limit === undefined ? undefined : { of: 'ratio', limit, sense: 'atLeast' };
  return [
    {
      suite: 'pipeline',
      what: `pictures per second, JPEG in and out, ${String(row.sidePixels)} px`,
      ours: 1000 / ours,
      other: { name: OTHERS[other], value: 1000 / theirs },
      ratio,
      ...(target === undefined ? {} : { target }),
      behind: row,
    },
  ];
}

/** How many times as fast it must be; undefined where nothing is asked. */
function leastRatio(sidePixels: number, other: Other): number | undefined {
  if (other === 'sharpNaive') return 2.5;
  if (other === 'pillowFastest' || sidePixels < 1024) return undefined;
  return sidePixels < 2048 ? 1.5 : 1.9;
}

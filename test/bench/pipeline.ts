/**
 * The image pipeline against the same four stages elsewhere, JPEG in and out at quality 85: a naive use of
 * sharp, and Pillow with NumPy. Interleaved, so that a noisy machine is noisy for all of them.
 *
 *   node test/bench/pipeline.ts [--json] [--pairs 5] [--sides 512,1024,2048,4096] [--python python3]
 *
 * Python is taken from --python or PYTHON; where Pillow or NumPy is missing, its rows are absent.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { work } from '../../worker/tasks/image.ts';
import { squareJpeg } from '../support/pictures.ts';
import { imageTask } from '../support/task-input.ts';

const variants = ['farm', 'sharpNaive', 'pillowNumpy', 'pillowFastest'] as const;
type Variant = (typeof variants)[number];

/** One picture size. Absent is what could not be run. */
export interface PipelineRow {
  readonly sidePixels: number;
  readonly pairs: number;
  /** Medians. */
  readonly wallMs: Partial<Record<Variant, number>>;
  readonly cpuMs: Partial<Record<Variant, number>>;
  /** Medians of (other / farm) over the pairs: how many times faster the farm is. */
  readonly timesFaster: Partial<Record<Exclude<Variant, 'farm'>, number>>;
}

export interface PipelineBench {
  readonly rows: readonly PipelineRow[];
  /** What could not be run, and how to get it. */
  readonly notes: readonly string[];
}

export interface PipelineBenchOptions {
  readonly sidesPixels: readonly number[];
  readonly pairs: number;
  readonly python: string;
}

export const pipelineBenchDefaults: PipelineBenchOptions = {
  sidesPixels: [512, 1024, 2048, 4096],
  pairs: 7,
  python: process.env['PYTHON'] ?? 'python3',
};

interface Took {
  readonly wallMs: number;
  readonly cpuMs: number;
}

interface Contender {
  readonly name: Variant;
  readonly run: (path: string) => Promise<Took>;
  readonly stop: () => void;
}

/** Runs every size; each pair is one picture through each contender, in turn. */
export async function benchPipeline(given: Partial<PipelineBenchOptions> = {}): Promise<PipelineBench> {
  const options = { ...pipelineBenchDefaults, ...given };
  const folder = await mkdtemp(join(tmpdir(), 'farmhand-bench-'));
  const missing = whyNoPython(options.python);
  const contenders = [inProcess('farm', runFarm), inProcess('sharpNaive', runNaive)];
  if (missing === undefined) {
    contenders.push(inPython('pillowNumpy', options.python, 'numpy'));
    contenders.push(inPython('pillowFastest', options.python, 'fastest'));
  }
  try {
    const rows: PipelineRow[] = [];
    for (const sidePixels of options.sidesPixels) {
      const path = join(folder, `${String(sidePixels)}.jpg`);
      await writeFile(path, await squareJpeg(sidePixels));
      rows.push(await benchSize(sidePixels, path, contenders, options.pairs));
    }
    return { rows, notes: missing === undefined ? [] : [missing] };
  } finally {
    for (const contender of contenders) contender.stop();
    await rm(folder, { recursive: true });
  }
}

async function benchSize(
  sidePixels: number,
  path: string,
  contenders: readonly Contender[],
  pairs: number,
): Promise<PipelineRow> {
  const took = new Map<Variant, Took[]>(contenders.map(({ name }) => [name, []]));
  for (let pair = -2; pair < pairs; pair += 1) {
    for (const { name, run } of contenders) {
      const one = await run(path);
      if (pair >= 0) took.get(name)?.push(one); // the first two warm up
    }
  }
  const farm = took.get('farm') ?? [];
  const ratios = [...took]
    .filter(([name]) => name !== 'farm')
    .map(([name, times]) => [
      name,
      median(times.map((time, pair) => time.wallMs / (farm[pair]?.wallMs ?? NaN))),
    ]);
  const medians = (of: keyof Took): PipelineRow['wallMs'] =>
    Object.fromEntries([...took].map(([name, times]) => [name, median(times.map((time) => time[of]))]));
  return {
    sidePixels,
    pairs,
    wallMs: medians('wallMs'),
    cpuMs: medians('cpuMs'),
    timesFaster: Object.fromEntries(ratios) as PipelineRow['timesFaster'],
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

function inProcess(name: Variant, pipeline: (body: Buffer) => Promise<unknown>): Contender {
  const run = async (path: string): Promise<Took> => {
    const body = await readFile(path);
    const cpu = process.cpuUsage();
    const startedMs = performance.now();
    await pipeline(body);
    const wallMs = performance.now() - startedMs;
    const { user, system } = process.cpuUsage(cpu);
    return { wallMs, cpuMs: (user + system) / 1000 };
  };
  return { name, run, stop: () => undefined };
}

function runFarm(body: Buffer): Promise<unknown> {
  return work(imageTask(body));
}

/** What one writes first: every stage starts from the file, statistics by sharp's own `stats()`. */
async function runNaive(body: Buffer): Promise<void> {
  await sharp(body).autoOrient().resize(128, 128, { kernel: 'lanczos3' }).jpeg({ quality: 85 }).toBuffer();
  await sharp(body).autoOrient().jpeg({ quality: 85 }).toBuffer();
  await sharp(body).metadata();
  await sharp(body).stats();
  await sharp(body).autoOrient().greyscale().toColourspace('srgb').jpeg({ quality: 85 }).toBuffer();
}

function whyNoPython(python: string): string | undefined {
  const found = spawnSync(python, ['-c', 'import PIL, numpy'], { stdio: 'ignore' });
  if (found.status === 0) return undefined;
  return (
    `${python} has no Pillow and NumPy, so their rows are absent. To get them: python3 -m venv build/pillow && ` +
    'build/pillow/bin/pip install Pillow numpy, then PYTHON=build/pillow/bin/python'
  );
}

function inPython(name: Variant, python: string, variant: string): Contender {
  const script = new URL('pipeline-pillow.py', import.meta.url).pathname;
  const child = spawn(python, [script, variant], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const run = async (path: string): Promise<Took> => {
    child.stdin.write(`${path}\n`);
    const answer = await answers.next();
    if (answer.done === true) throw new Error(`${python} ${script} ended before it answered`);
    const [wallSeconds = NaN, cpuSeconds = NaN] = answer.value.split(' ').map(Number);
    return { wallMs: wallSeconds * 1000, cpuMs: cpuSeconds * 1000 };
  };
  return { name, run, stop: () => child.stdin.end() };
}

function tableOf({ rows, notes }: PipelineBench): string {
  const cell = (value: number | undefined, digits = 1): string =>
    (value?.toFixed(digits) ?? '-').padStart(14);
  const line = (row: PipelineRow): string =>
    [
      `${String(row.sidePixels).padStart(5)} ms `,
      ...variants.map((name) => cell(row.wallMs[name])),
      '\n      cpu',
      ...variants.map((name) => cell(row.cpuMs[name])),
      '\n    times',
      cell(undefined),
      ...variants.map((name) => (name === 'farm' ? '' : cell(row.timesFaster[name], 2))),
    ].join('');
  return [`         ${variants.map((name) => name.padStart(14)).join('')}`, ...rows.map(line), ...notes].join(
    '\n',
  );
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      pairs: { type: 'string', default: String(pipelineBenchDefaults.pairs) },
      sides: { type: 'string', default: pipelineBenchDefaults.sidesPixels.join(',') },
      python: { type: 'string', default: pipelineBenchDefaults.python },
    },
  });
  const bench = await benchPipeline({
    pairs: Number(values.pairs),
    sidesPixels: values.sides.split(',').map(Number),
    python: values.python,
  });
  process.stdout.write(`${values.json ? JSON.stringify(bench) : tableOf(bench)}\n`);
}

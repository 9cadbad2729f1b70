import { durationSeconds } from '../shared/io/duration.ts';
import { badField } from '../shared/io/request-refused.ts';

/** Longest wait of one request; whoever waits longer asks again. */
export const LONGEST_WAIT_SECONDS = 60;

const LONGEST_PAGE = 200;
const USUAL_PAGE = 50;
const MOST_OFFSET = 100_000_000;

/** The parameters of a query, each at most once, none but those that are known. @throws RequestRefused */
function readQuery(query: URLSearchParams, known: readonly string[]): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const [name, value] of query) {
    const shown = name.slice(0, 100);
    if (!known.includes(name))
      throw badField(shown, `there is no such parameter here; known: ${known.join(', ')}`);
    if (read.has(name)) throw badField(shown, 'is given twice');
    read.set(name, value);
  }
  return read;
}

/** `wait=10s`: how long to wait for a Result; 0 where it is not asked for. */
export function readWait(query: URLSearchParams): number {
  const text = readQuery(query, ['wait']).get('wait');
  if (text === undefined) return 0;
  const seconds = durationSeconds(text);
  if (seconds === undefined || seconds > LONGEST_WAIT_SECONDS) {
    throw badField('wait', `must be like 10s or 800ms, at most ${String(LONGEST_WAIT_SECONDS)}s`);
  }
  return seconds;
}

/** `limit` and `offset` of a list. */
export function readPage(query: URLSearchParams): { readonly limit: number; readonly offset: number } {
  const read = readQuery(query, ['limit', 'offset']);
  return {
    limit: wholeNumber('limit', read.get('limit'), { least: 1, most: LONGEST_PAGE }) ?? USUAL_PAGE,
    offset: wholeNumber('offset', read.get('offset'), { least: 0, most: MOST_OFFSET }) ?? 0,
  };
}

function wholeNumber(
  name: string,
  text: string | undefined,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw badField(name, `must be a whole number from ${String(least)} to ${String(most)}`);
}

import { InvalidArgumentError } from 'commander';
import { durationSeconds } from '../shared/io/duration.ts';

/** `5s`, `500ms`, `2m`, `1h`; a number alone is seconds. */
export function duration(text: string): number {
  const seconds = durationSeconds(text.trim());
  if (seconds === undefined) throw new InvalidArgumentError('Expected a duration such as 5s, 500ms or 2m.');
  return seconds;
}

/** `2..8`, or one number for a pool that stays as it is. */
export function workerRange(text: string): { readonly min: number; readonly max: number } {
  const [, low, high = low] = /^(\d{1,4})(?:\.\.(\d{1,4}))?$/.exec(text.trim()) ?? [];
  const range = { min: Number(low), max: Number(high) };
  if (low === undefined || range.max < Math.max(1, range.min)) {
    throw new InvalidArgumentError('Expected the fewest and the most workers, such as 2..8, or one number.');
  }
  return range;
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Any number between two. */
export function number(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= low && value <= high)) {
      throw new InvalidArgumentError(`Expected a number from ${low} to ${high}.`);
    }
    return value;
  };
}

/** The name of a farm: part of its keys and of a path. */
export function farmName(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(text)) {
    throw new InvalidArgumentError('Expected a name of a-z, 0-9 and -, at most 63 long.');
  }
  return text;
}

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Output } from '../../../cli/output.ts';
import { RunProgress } from '../../../cli/laboratory/progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the time left follows from what has been done since nothing had to be waited for', () => {
  const output = new Output(false);
  const said: string[] = [];
  vi.spyOn(output, 'note').mockImplementation((text) => {
    said.push(text);
  });
  const progress = new RunProgress(output, 'episodes', 100);
  progress.waitFor('2 still to be fitted');
  progress.add(20);
  vi.advanceTimersByTime(60_000);
  expect(said).toHaveLength(6);
  expect(said.at(-1)).toBe('episodes: 20 of 100, 2 still to be fitted');
  progress.waitFor('');
  vi.advanceTimersByTime(9000);
  progress.add(60);
  vi.advanceTimersByTime(1000);
  expect(said.at(-1)).toBe('episodes: 80 of 100, about 3.33 s left');
  progress.end();
  vi.advanceTimersByTime(60_000);
  expect(said).toHaveLength(7);
});

test('a resumed run says how long it takes by its own length and by what it does itself', () => {
  const output = new Output(false);
  const said: string[] = [];
  vi.spyOn(output, 'note').mockImplementation((text) => {
    said.push(text);
  });
  const progress = new RunProgress(output, 'training', 80_000);
  progress.reach(160, 200);
  vi.advanceTimersByTime(9000);
  progress.reach(180, 200);
  vi.advanceTimersByTime(1000);
  expect(said).toEqual(['training: 180 of 200, about 10.0 s left']);
  progress.end();
});

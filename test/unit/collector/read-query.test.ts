import { expect, test } from 'vitest';
import { readPage, readWait } from '../../../collector/read-query.ts';

test.each([
  ['', 0],
  ['wait=10s', 10],
  ['wait=800ms', 0.8],
  ['wait=1m', 60],
  ['wait=2.5', 2.5],
])('%j waits %d seconds', (query, seconds) => {
  expect(readWait(new URLSearchParams(query))).toBe(seconds);
});

test.each(['wait=61s', 'wait=', 'wait=-1', 'wait=1e9', 'wait=NaN', 'wait=1s&wait=2s', 'weight=10s'])(
  '%s is refused by name',
  (query) => {
    expect(() => readWait(new URLSearchParams(query))).toThrow(/^(wait|weight): /);
  },
);

test('a page has 50 lines from the newest on, unless asked otherwise', () => {
  expect(readPage(new URLSearchParams())).toEqual({ limit: 50, offset: 0 });
  expect(readPage(new URLSearchParams('limit=200&offset=40'))).toEqual({ limit: 200, offset: 40 });
});

test.each(['limit=0', 'limit=201', 'limit=ten', 'limit=1.5', 'offset=-1', 'page=2', 'limit=1&limit=2'])(
  'the page %s is refused by name',
  (query) => {
    expect(() => readPage(new URLSearchParams(query))).toThrow(/^(limit|offset|page): /);
  },
);

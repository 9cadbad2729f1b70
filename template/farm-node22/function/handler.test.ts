import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { FunctionContext, FunctionRequest } from '../contract.ts';
import { handle } from './handler.ts';

void test('the sample answers with its name and the size of the body', async () => {
  const request = { path: '/hello', body: Buffer.from('four') } as FunctionRequest;
  const answer = await handle(request, { name: 'sample' } as FunctionContext);
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.body, { function: 'sample', path: '/hello', bytes: 4, ticks: 0 });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPictureHeader } from '../../../shared/farm/picture-header.ts';
import { badInputs } from '../../support/bad-inputs.ts';
import { json, startCollector, startEmitter } from '../../support/door-process.ts';
import { squareJpeg } from '../../support/pictures.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { QueueFarm, SOUND } from '../../support/queue-farm.ts';
import type { TemplateProcess } from '../../support/template-process.ts';
import { startWorker } from '../../support/worker-process.ts';

let redis: PrivateRedis;
let farm: QueueFarm;
let emitter: TemplateProcess;
let collector: TemplateProcess;
let worker: TemplateProcess;

beforeAll(async () => {
  redis = await PrivateRedis.start();
  farm = await QueueFarm.open(redis);
  [emitter, collector, worker] = await Promise.all([
    startEmitter(redis, farm.store.farm),
    startCollector(redis, farm.store.farm),
    startWorker(redis, farm),
  ]);
});
afterAll(async () => {
  await Promise.all([emitter, collector, worker].map((one) => one.dispose()));
  farm.close();
  await redis.stop();
});

function post(bytes: Buffer, contentType = 'application/octet-stream') {
  const body = Buffer.from(bytes);
  return emitter.call('/?deadline=60s', { method: 'POST', body, headers: { 'content-type': contentType } });
}

async function resultOf(answer: { readonly text: string }): Promise<Record<string, unknown>> {
  return json(await collector.call(`${String(json(answer)['result'])}?wait=60s`));
}

test('a picture goes in and its thumbnail comes out', async () => {
  const submitted = await post(await squareJpeg(300));
  expect(submitted.status).toBe(202);
  expect(await resultOf(submitted)).toMatchObject({ status: 'done', metDeadline: true });
  const response = await fetch(`${collector.url}${String(json(submitted)['result'])}/thumbnail`);
  const header = readPictureHeader(Buffer.from(await response.arrayBuffer()));
  expect(header).toMatchObject({ kind: 'picture', widthPixels: 128, heightPixels: 128 });
});

test('each bad input is refused at the door or by the worker with its reason, and the next good one succeeds', async () => {
  const good = await squareJpeg(64);
  for (const input of badInputs) {
    const answer = await post(await input.bytes(), input.contentType);
    if (answer.status !== 202) {
      expect([input.name, input.expect]).toEqual([input.name, 'invalid']);
      expect([400, 415, 422]).toContain(answer.status);
      if (answer.status !== 400) expect(json(answer)['error']).toMatch(input.reason);
      continue;
    }
    const result = await resultOf(answer);
    if (input.expect === 'ok') expect([input.name, result['status']]).toEqual([input.name, 'done']);
    else expect([input.name, result]).toEqual([input.name, expect.objectContaining({ kind: 'invalid' })]);
  }
  expect(await resultOf(await post(good))).toMatchObject({ status: 'done' });
  const { counters } = await farm.control.observe(0);
  expect([counters.retried, counters.missed]).toEqual([0, 0]);
  expect(await farm.audit()).toEqual(SOUND);
});

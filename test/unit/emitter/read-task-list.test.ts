import { expect, test } from 'vitest';
import { readTaskList } from '../../../emitter/read-task-list.ts';
import { RequestRefused } from '../../../shared/io/request-refused.ts';

const task = { type: 'calibrated', options: { serviceSeconds: 0.1 } };

function refusal(body: string | Uint8Array): RequestRefused {
  try {
    readTaskList(typeof body === 'string' ? Buffer.from(body) : body, 86_400);
  } catch (error) {
    if (error instanceof RequestRefused) return error;
    throw error;
  }
  throw new Error(`Expected a refusal of ${String(body).slice(0, 80)}.`);
}

const wrongShapes: readonly (readonly [body: unknown, field: string])[] = [
  [null, 'body'],
  [true, 'body'],
  [7, 'body'],
  ['task', 'body'],
  [{}, 'body'],
  [{ tasks: {} }, 'body'],
  [{ tasks: [task], more: 1 }, 'body'],
  [{ task: [task] }, 'body'],
  [[], 'tasks'],
  [Array.from({ length: 1001 }, () => task), 'tasks'],
  [[null], 'tasks[0]'],
  [[[task]], 'tasks[0]'],
  [['calibrated'], 'tasks[0]'],
  [[{}], 'tasks[0].type'],
  [[{ ...task, type: 7 }], 'tasks[0].type'],
  [[{ ...task, type: '../etc/passwd' }], 'tasks[0].type'],
  [[{ ...task, type: 'x'.repeat(64) }], 'tasks[0].type'],
  [[task, { ...task, options: [] }], 'tasks[1].options'],
  [[{ ...task, options: 'serviceSeconds' }], 'tasks[0].options'],
  [[{ ...task, options: null }], 'tasks[0].options'],
  [[{ ...task, options: { serviceSeconds: '1' } }], 'tasks[0].options.serviceSeconds'],
  [[{ ...task, options: { serviceSeconds: 1e9 } }], 'tasks[0].options.serviceSeconds'],
  [[{ ...task, options: {} }], 'tasks[0].options.serviceSeconds'],
  [[{ ...task, options: { serviceSeconds: 1, sleep: 1 } }], 'tasks[0].options.sleep'],
  [[{ ...task, deadlineSeconds: '5' }], 'tasks[0].deadlineSeconds'],
  [[{ ...task, deadlineSeconds: 0 }], 'tasks[0].deadlineSeconds'],
  [[{ ...task, deadlineSeconds: 1e12 }], 'tasks[0].deadlineSeconds'],
  [[{ ...task, deadlineFactor: -1 }], 'tasks[0].deadlineFactor'],
  [[{ ...task, expectedServiceSeconds: -1 }], 'tasks[0].expectedServiceSeconds'],
  [[{ ...task, lost: 'keep' }], 'tasks[0].lost'],
  [[{ ...task, idempotencyKey: '' }], 'tasks[0].idempotencyKey'],
  [[{ ...task, idempotencyKey: 'k\n' }], 'tasks[0].idempotencyKey'],
  [[{ ...task, idempotencyKey: 'k'.repeat(201) }], 'tasks[0].idempotencyKey'],
  [[{ ...task, id: 'mine' }], 'tasks[0].id'],
  [[{ ...task, input: 7 }], 'tasks[0].input'],
  [[{ ...task, input: 'ünïcode' }], 'tasks[0].input'],
  [[{ type: 'image' }], 'tasks[0].input'],
  [[{ type: 'image', input: 'AAAA' }], 'tasks[0].input'],
  [[{ type: 'own', options: { text: 'x'.repeat(20_000) } }], 'tasks[0].options'],
];

test.each(wrongShapes.map(([body, field]) => [JSON.stringify(body).slice(0, 70), field, body] as const))(
  '%s is refused, naming %s',
  (_shown, field, body) => {
    const { status, problems } = refusal(JSON.stringify(body));
    expect([status, problems[0]?.field]).toEqual([400, field]);
  },
);

test.each([
  ['nothing', ''],
  ['half an object', '{"tasks": ['],
  ['two documents', '[] []'],
  ['a number that is none', '[NaN]'],
  ['bytes that are no UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])],
])('%s is refused as no JSON', (_name, body) => {
  expect(refusal(body).message).toMatch(/^body: is not JSON/);
});

test('a list that is nested a million deep is refused, and does not exhaust the stack', () => {
  const deep = '['.repeat(1e6) + ']'.repeat(1e6);
  expect(refusal(deep).status).toBe(400);
  expect(refusal(`[{"type":"own","options":{"a":${deep}}}]`).problems[0]?.field).toBe('tasks[0].options');
});

test('an option called __proto__ is an unknown one like any other', () => {
  const body = '[{"type":"calibrated","options":{"serviceSeconds":1,"__proto__":{"x":1}}}]';
  expect(refusal(body).problems[0]?.field).toBe('tasks[0].options.__proto__');
});

test('every wrong task is named, up to twenty', () => {
  const { problems } = refusal(JSON.stringify(Array.from({ length: 30 }, () => ({}))));
  expect(problems).toHaveLength(20);
});

test('options of a type that the door does not know are carried as they came', () => {
  const body = Buffer.from('{"tasks":[{"type":"own","options":{"deep":{"list":[1,null,"ü"]}}}]}');
  expect(readTaskList(body, 86_400)[0]?.options).toBe('{"deep":{"list":[1,null,"ü"]}}');
});

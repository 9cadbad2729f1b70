import type { Dimension } from '../control/spaces.ts';
import { DISPATCH_ORDERS } from '../farm/dispatch-order.ts';
import type { DispatchOrder } from '../farm/dispatch-order.ts';
import { InvalidModel, listAt, recordAt } from './learned-models.ts';
import { RULE_KINDS } from './rule-policy.ts';

export const POLICY_KINDS = [
  'sarsa',
  'dqn',
  'layers-model',
  'network',
  'history-network',
  ...RULE_KINDS,
] as const;

export type PolicyKind = (typeof POLICY_KINDS)[number];

/** A policy with everything that is needed to run it and to trust it. Plain data, checked but for its model. */
export interface PolicyFile {
  readonly format: 'farmhand-policy';
  readonly formatVersion: 1;
  readonly kind: PolicyKind;
  readonly name: string;
  readonly stepSeconds: { readonly trainedFor: number; readonly least: number; readonly most: number };
  /** What it looks at, in its order. */
  readonly observations: readonly Dimension[];
  readonly actions:
    { readonly kind: 'delta'; readonly deltas: readonly number[] } | { readonly kind: 'target' };
  /** Most workers added or removed in one step, as it was trained. */
  readonly stepLimit: number;
  readonly dispatch: DispatchOrder;
  readonly announced: boolean;
  /** By kind. */
  readonly model: unknown;
  /** Where it comes from, for people to read. */
  readonly provenance: Readonly<Record<string, unknown>>;
  readonly scores: readonly Readonly<Record<string, unknown>>[];
}

const FIELDS = [
  ...['format', 'formatVersion', 'kind', 'name', 'stepSeconds', 'observations', 'actions', 'stepLimit'],
  ...['dispatch', 'announced', 'model', 'provenance', 'scores'],
];

/** Characters that a policy file may have, and how deep its lists and objects may lie in each other. */
const MOST_CHARACTERS = 16_000_000;
const MOST_DEPTH = 12;
const MOST_PARTS = 500_000;
const MOST_OBSERVATIONS = 256;
/** A policy's name stands in every decision record and metric. */
const NAME = /^[\x20-\x7e]{1,100}$/;
const UNWANTED_NAMES = ['__proto__', 'constructor', 'prototype'];

/** Reads a policy file; throws `InvalidModel`, which names the field and the reason. The model is read by its kind. */
export function decodePolicyFile(text: string): PolicyFile {
  if (text.length > MOST_CHARACTERS) {
    throw new InvalidModel('file', `at most ${String(MOST_CHARACTERS)} characters`, text.length);
  }
  checkParts(text);
  const value = parsed(text);
  if (typeof value !== 'object') throw new InvalidModel('file', 'an object', typeof value);
  checkValues(value);
  const file = recordAt('file', value, FIELDS);
  exactly('format', file['format'], ['farmhand-policy']);
  exactly('formatVersion', file['formatVersion'], [1]);
  exactly('kind', file['kind'], POLICY_KINDS);
  exactly('dispatch', file['dispatch'], DISPATCH_ORDERS);
  exactly('announced', file['announced'], [true, false]);
  checkName(file['name']);
  checkSteps(file['stepSeconds']);
  checkObservations(file['observations']);
  checkActions(file['actions']);
  numberAt('stepLimit', file['stepLimit'], 1);
  objectAt('provenance', file['provenance']);
  for (const [index, score] of listAt('scores', file['scores']).entries()) {
    objectAt(`scores[${String(index)}]`, score);
  }
  return value as PolicyFile;
}

/** The text of a policy file: on one line, in the order of its fields. */
export function encodePolicyFile(file: PolicyFile): string {
  return `${JSON.stringify(file)}\n`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // The error may quote the text, and what was named by mistake may be any secret.
    const [where = 'other text'] = /at position \d+$/.exec(String(error)) ?? [];
    throw new InvalidModel('file', 'JSON', where);
  }
}

/** Lists, objects and named values: each takes far more memory than its characters. */
function checkParts(text: string): void {
  let parts = 0;
  for (const character of text) {
    if (character === '[' || character === '{' || character === ':') parts += 1;
  }
  if (parts > MOST_PARTS) {
    throw new InvalidModel('file', `at most ${String(MOST_PARTS)} lists, objects and names`, parts);
  }
}

/** What is wrong somewhere in a value; the field is told from there, as in `.layers[0]`. */
interface Fault {
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

function checkValues(value: unknown): void {
  const fault = faultIn(value, 0);
  if (fault === undefined) return;
  const field = fault.field.startsWith('.') ? fault.field.slice(1) : `file${fault.field}`;
  throw new InvalidModel(field, fault.expected, fault.got);
}

/** Numbers as JSON has them are finite, but for those beyond the range of a double. */
function faultIn(value: unknown, depth: number): Fault | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value)
      ? undefined
      : { field: '', expected: 'a finite number', got: String(value) };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MOST_DEPTH) return { field: '', expected: `at most ${String(MOST_DEPTH)} levels`, got: 'more' };
  return Array.isArray(value) ? faultInList(value, depth) : faultInRecord(value, depth);
}

/** By index: a list may have millions of numbers, and a pair for each of them would be too much. */
function faultInList(list: readonly unknown[], depth: number): Fault | undefined {
  for (let index = 0; index < list.length; index += 1) {
    const fault = faultIn(list[index], depth + 1);
    if (fault !== undefined) return { ...fault, field: `[${String(index)}]${fault.field}` };
  }
  return undefined;
}

function faultInRecord(record: object, depth: number): Fault | undefined {
  for (const [name, part] of Object.entries(record)) {
    if (UNWANTED_NAMES.includes(name)) return { field: `.${name}`, expected: 'no such field', got: name };
    const fault = faultIn(part, depth + 1);
    if (fault !== undefined) return { ...fault, field: `.${name}${fault.field}` };
  }
  return undefined;
}

function checkName(value: unknown): void {
  if (typeof value === 'string' && NAME.test(value)) return;
  throw new InvalidModel('name', 'a text of at most 100 ASCII characters', value);
}

function checkSteps(value: unknown): void {
  const { trainedFor, least, most } = recordAt('stepSeconds', value, ['trainedFor', 'least', 'most']);
  numberAt('stepSeconds.least', least, 0.001);
  numberAt('stepSeconds.trainedFor', trainedFor, least as number);
  numberAt('stepSeconds.most', most, trainedFor as number);
}

function checkObservations(value: unknown): void {
  const observations = listAt('observations', value);
  if (observations.length > MOST_OBSERVATIONS) {
    throw new InvalidModel('observations', `at most ${String(MOST_OBSERVATIONS)}`, observations.length);
  }
  for (const [index, given] of observations.entries()) {
    const field = `observations[${String(index)}]`;
    const { name, unit, low, high } = recordAt(field, given, ['name', 'unit', 'low', 'high']);
    textAt(`${field}.name`, name);
    textAt(`${field}.unit`, unit);
    numberAt(`${field}.low`, low, -Number.MAX_VALUE);
    numberAt(`${field}.high`, high, low as number);
  }
}

function checkActions(value: unknown): void {
  const { kind, deltas } = recordAt('actions', value, ['kind', 'deltas']);
  exactly('actions.kind', kind, ['delta', 'target']);
  if (kind === 'target') {
    if (deltas !== undefined) throw new InvalidModel('actions.deltas', 'none for targets', deltas);
    return;
  }
  const list = listAt('actions.deltas', deltas);
  if (list.length === 0) throw new InvalidModel('actions.deltas', 'at least one', list);
  for (const [index, delta] of list.entries()) {
    if (Number.isInteger(delta)) continue;
    throw new InvalidModel(`actions.deltas[${String(index)}]`, 'a whole number', delta);
  }
}

function exactly(field: string, value: unknown, allowed: readonly unknown[]): void {
  if (!allowed.includes(value)) throw new InvalidModel(field, allowed.map(String).join(', '), value);
}

function textAt(field: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw new InvalidModel(field, 'a text', value);
}

function numberAt(field: string, value: unknown, least: number): void {
  if (typeof value === 'number' && value >= least) return;
  throw new InvalidModel(field, `a number from ${String(least)}`, value);
}

function objectAt(field: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new InvalidModel(field, 'an object', value);
}

import { expect, test } from 'vitest';
import { InvalidStackFile, readStackFile } from '../../../cli/cluster/stack-file.ts';

const head = 'version: 1.0\nprovider: {name: openfaas, gateway: http://127.0.0.1:8080}\n';
const stack = (fields: string) =>
  `${head}functions:\n  one: {lang: farm-node22, handler: ./one, image: one:1, ${fields}}\n`;

test('variables are filled in before the file is read, with empty as unset', () => {
  const text = stack('environment: {A: "${A}", B: "${B:-d:e/f}", C: "${C:-${D:-nested}}", E: $E}');
  const { functions } = readStackFile(text, { A: 'a', B: '', E: 'e' });
  expect(functions['one']?.environment).toEqual({ A: 'a', B: 'd:e/f', C: 'nested', E: '$E' });
});

test('values stay as they are written', () => {
  const { functions } = readStackFile(stack('environment: {A: 1.50, B: true, C: 08, D: 0x1F}'), {});
  expect(functions['one']?.environment).toEqual({ A: '1.50', B: 'true', C: '08', D: '0x1F' });
});

test.each(['${A', '${A-x}', '${A:?x}', '${}'])('%s fails the file, as it does for faas-cli', (variable) => {
  expect(() => readStackFile(`${stack('')}# ${variable}`, {})).toThrow('in line 5');
});

test.each([
  ['resources: {cpu: 1}', 'resources'],
  ['readOnlyRootFilesystem: true', 'readOnlyRootFilesystem'],
  ['environment: {A: [1]}', 'functions.one.environment.A'],
  ['labels: {A: {b: c}}', 'functions.one.labels.A'],
])('%s is refused by name, where faas-cli would pass over it or stop', (fields, named) => {
  const read = () => readStackFile(stack(fields), {});
  expect(read).toThrow(InvalidStackFile);
  expect(read).toThrow(named);
});

test('a function has a name that Kubernetes takes', () => {
  expect(() => readStackFile(stack('').replace('one:', 'One_:'), {})).toThrow('functions.One_');
});

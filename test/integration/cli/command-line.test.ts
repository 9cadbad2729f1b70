import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { FarmhandCommand } from '../../support/farmhand-command.ts';

const farmhand = new FarmhandCommand();
const COMMANDS = ['up', 'down', 'status', 'submit', 'results', 'load', 'calibrate', 'demo'];

afterAll(async () => {
  await farmhand.dispose([]);
});

describe('the command line', () => {
  test.each([...COMMANDS, 'dead-letters list', 'dead-letters requeue'])(
    'farmhand %s --help shows examples and knows --json',
    async (command) => {
      const { exitCode, stdout } = await farmhand.run([...command.split(' '), '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`  $ npx farmhand ${command}`);
      expect(stdout).toContain('--json');
    },
  );

  test('farmhand --help says what the exit codes mean', async () => {
    expect((await farmhand.run(['--help'])).stdout).toMatch(/3 +the farm is not running/);
  });

  test.each([
    [['up', '--workers', '8..2'], /2\.\.8/],
    [['up', '--order', 'lifo'], /triage/],
    [['submit'], /paths/],
    [['submit', 'no/such/file'], /no\/such\/file/],
    [['dead-letters', 'requeue'], /--all/],
    [['launch'], /unknown command/],
    [['status', '--farm', '../x'], /a-z/],
  ])('%j is wrong usage, said on standard error', async (args, message) => {
    const { exitCode, stdout, stderr } = await farmhand.run(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('with --json a failure is one document as well', async () => {
    const { exitCode, stdout } = await farmhand.run(['status', '--json']);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 3, error: expect.stringContaining('farmhand up') });
  });

  test('with --json wrong usage is one document as well', async () => {
    const { exitCode, stdout } = await farmhand.run(['status', '--no-such-option', '--json']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ exitCode: 2, error: "unknown option '--no-such-option'" });
  });

  test('outputs that cannot be put anywhere are refused before anything is submitted', async () => {
    const { exitCode, stderr } = await farmhand.run([
      'submit',
      import.meta.filename,
      '--out',
      import.meta.filename,
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Expected a folder for --out');
  });

  test('a machine without a Redis server is told what to do', async () => {
    const { exitCode, stderr } = await farmhand.run(['up'], { REDIS_SERVER: '/no/such/redis-server' });
    expect(exitCode).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('REDIS_SERVER');
  });
});

describe('a farm elsewhere', () => {
  /** An emitter and collector behind a gateway, as far as `submit` sees them. */
  async function withGateway(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    use: (environment: Readonly<Record<string, string>>) => Promise<void>,
  ): Promise<void> {
    const server = createServer((request, response) => {
      request.resume().once('end', () => {
        answer(request, response);
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/function/`;
    try {
      await use({ FARMHAND_URL: url, FARMHAND_TOKEN: 'a-token' });
    } finally {
      server.close();
    }
  }

  const file = join(farmhand.home, 'file.bin');
  writeFileSync(file, 'bytes');

  test('is reached through its gateway with the token, and waited for as long as it says that it is full', async () => {
    const seen: { readonly url: string; readonly token: string; readonly key: string }[] = [];
    await withGateway(
      (request, response) => {
        const { authorization = '', 'idempotency-key': key } = request.headers;
        seen.push({ url: request.url ?? '', token: authorization, key: String(key) });
        response.writeHead(seen.length === 1 ? 429 : 202, { 'retry-after': '0' });
        response.end(JSON.stringify(seen.length === 1 ? { error: 'full' } : { task: 'the-task' }));
      },
      async (environment) => {
        const { exitCode, stdout } = await farmhand.run(
          ['submit', file, '--type', 'other', '--deadline', '2s', '--json'],
          environment,
        );
        expect(exitCode).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({ submitted: 1, tasks: [{ file, task: 'the-task' }] });
      },
    );
    expect(seen.map(({ url }) => url)).toEqual(Array(2).fill('/function/emitter/?type=other&deadline=2s'));
    expect(seen[0]?.token).toBe('Bearer a-token');
    expect(seen[0]?.key).toBe(seen[1]?.key);
  });

  test('that refuses the token ends the command instead of every file', async () => {
    await withGateway(
      (_request, response) => response.writeHead(403).end(JSON.stringify({ error: 'the token is wrong' })),
      async (environment) => {
        const { exitCode, stderr } = await farmhand.run(['submit', file, file], environment);
        expect(exitCode).toBe(1);
        expect(stderr).toContain('the token is wrong (set FARMHAND_TOKEN)');
      },
    );
  });
});

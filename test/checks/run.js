// `npm test`: installs what is missing, then runs every check and every test, and counts them.
//   node test/checks/run.js [--quick] [step …]
// Plain JavaScript, because it starts on an older Node with nothing installed.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, say } from '../../cli/setup/messages.js';
import { exitOf, farmEnvironment, farmNode } from '../../cli/setup/node.js';
import { ensurePackages, repositoryFolder } from '../../cli/setup/packages.js';
import { ensureRedisServer } from '../../cli/setup/redis-server.js';

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} does
 * @property {string[]} command parameters for Node
 * @property {boolean} [counts] it is a suite that counts its own tests; otherwise the step itself is one test
 */

/** @typedef {{passed: number, failed: number, skipped: number}} Count */
/** @typedef {{numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: FileResults[]}} SuiteResults */
/** @typedef {{name: string, message: string, assertionResults: TestResult[]}} FileResults `message` where the file itself failed */
/** @typedef {{status: string, fullName: string, failureMessages: string[]}} TestResult */

/** So many lines of a failure are said again at the end: the difference, or where it was thrown. */
const FAILURE_LINES = 12;
const FAILURE_WIDTH = 300;

const resultsFile = join(repositoryFolder, 'build', 'test-results.json');
const vitest = [
  ...['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/checks/vitest.config.ts'],
  ...['--reporter=default', '--reporter=json', `--outputFile.json=${resultsFile}`],
];

/** @type {Step[]} */
const steps = [
  {
    name: 'lint',
    does: 'eslint, with types',
    command: [
      'node_modules/eslint/bin/eslint.js',
      '--config',
      'test/checks/eslint.config.js',
      '--max-warnings=0',
      '.',
    ],
  },
  {
    name: 'format',
    does: 'prettier (npm run format mends it)',
    command: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
  },
  {
    name: 'mend',
    does: 'prettier, writing',
    command: ['node_modules/prettier/bin/prettier.cjs', '--write', '--log-level=warn', '.'],
  },
  {
    name: 'types',
    does: 'the TypeScript compiler',
    command: ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.json'],
  },
  { name: 'architecture', does: 'who imports whom', command: ['test/checks/architecture.ts'] },
  {
    name: 'unused',
    does: 'files, exports and packages that nothing uses',
    command: ['node_modules/knip/bin/knip.js', '--config', 'test/checks/knip.json', '--no-progress'],
  },
  {
    name: 'unit',
    does: 'the tests that need no process and no Redis',
    command: [...vitest, '--project=unit'],
    counts: true,
  },
  { name: 'tests', does: 'every test', command: vitest, counts: true },
];

/** What runs unless steps are named: everything, or what takes seconds. */
const everything = ['lint', 'format', 'types', 'architecture', 'unused', 'tests'];
const quick = ['lint', 'format', 'types', 'architecture', 'unit'];

/**
 * @param {string[]} parameters
 * @returns {Step[]}
 */
function chosenSteps(parameters) {
  const named = parameters.filter((each) => each !== '--quick');
  const names = named.length > 0 ? named : parameters.includes('--quick') ? quick : everything;
  return names.map((name) => {
    const step = steps.find((each) => each.name === name);
    if (step) return step;
    throw new SetupError(`Expected a step (${steps.map((each) => each.name).join(', ')}); got ${name}.`);
  });
}

/**
 * @param {Step} step
 * @returns {Promise<Count>}
 */
async function runStep(step) {
  console.log(`\n── ${step.name}: ${step.does}`);
  rmSync(resultsFile, { force: true });
  const node = farmNode();
  const child = spawn(node, step.command, {
    cwd: repositoryFolder,
    stdio: 'inherit',
    env: farmEnvironment(node),
  });
  const ok = (await exitOf(child)).code === 0;
  const count = step.counts ? readCount() : { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  // A file that does not load, or an error outside every test, fails the suite without failing a test.
  if (!ok && count.failed === 0) count.failed = 1;
  console.log(count.failed === 0 ? `   ${step.name} passed` : `   ${step.name} FAILED`);
  return count;
}

/**
 * @returns {Count}
 */
function readCount() {
  if (!existsSync(resultsFile)) return { passed: 0, failed: 1, skipped: 0 };
  /** @type {unknown} */
  const content = JSON.parse(readFileSync(resultsFile, 'utf8'));
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } =
    /** @type {SuiteResults} */ (content);
  for (const file of testResults) {
    if (file.message) console.log(failure(file.name, file.message));
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      // A test that may be skipped has the reason in its name.
      if (status === 'skipped' || status === 'pending') console.log(`   skipped: ${fullName}`);
      if (status === 'failed') console.log(failure(`${file.name}: ${fullName}`, failureMessages.join('\n')));
    }
  }
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
}

/**
 * What failed and the beginning of why, in lines that `.ci/run` finds again and says at the end of everything.
 * @param {string} test
 * @param {string} message
 * @returns {string}
 */
function failure(test, message) {
  const name = test.replace(`${repositoryFolder}/`, '');
  const reason = message
    .split('\n')
    .slice(0, FAILURE_LINES)
    .map((line) => line.slice(0, FAILURE_WIDTH));
  return [name, ...reason.map((line) => `  ${line}`)].map((line) => `   failed: ${line}`).join('\n');
}

/**
 * @param {string[]} parameters
 * @returns {Promise<void>}
 */
async function main(parameters) {
  const chosen = chosenSteps(parameters);
  await ensurePackages('develop');
  if (chosen.some((step) => step.name === 'tests')) await ensureRedisServer();
  mkdirSync(join(repositoryFolder, 'build'), { recursive: true });
  const total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const failing = [];
  for (const step of chosen) {
    const count = await runStep(step);
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
    if (count.failed > 0) failing.push(step.name);
  }
  console.log(failing.length > 0 ? `\nfailing: ${failing.join(', ')}` : '');
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  if (failing.length > 0) process.exitCode = 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = error.exitCode;
}

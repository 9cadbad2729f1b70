import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Folders whose code must give the same answer for the same input, in the simulator and in the live farm. */
export const pureFolders = ['farm', 'workload', 'control', 'policy', 'simulator'].map(
  (folder) => `shared/${folder}/**/*.ts`,
);

const time =
  'Pure code has no clock: take the time as a parameter (`nowSeconds`), or move this to shared/io or a function.';
const waiting =
  'Pure code never waits: return what is to happen when, and let the caller (shared/io, a function) wait.';
const chance = 'Pure code throws no dice: take a seeded random stream as a parameter.';
const outside =
  'Pure code does not touch the world: take the value as a parameter, or move this to shared/io or a function.';

const restrictedGlobals = [
  ...['Date', 'performance'].map((name) => ({ name, message: time })),
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'clearTimeout', 'clearInterval'].map(
    (name) => ({
      name,
      message: waiting,
    }),
  ),
  { name: 'crypto', message: chance },
  ...['process', 'fetch', 'console', 'global', 'globalThis', 'Buffer', 'WebSocket', 'navigator'].map(
    (name) => ({
      name,
      message: outside,
    }),
  ),
];

export default defineConfig(
  globalIgnores(['node_modules/', '**/node_modules/', 'build/', 'coverage/', 'runs/', '.farmhand/']),
  {
    files: ['**/*.{ts,js,cjs,mjs}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: repository },
    },
    rules: {
      // Sizes: a reader sees a function whole, and a file is one noun.
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 4 }],
      complexity: ['error', 12],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],

      // Output belongs to the logger or the command, ends of processes to those who own one.
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'exit',
          message:
            'Throw, and let handler.ts, the template or the command end the process: whoever calls you may have to clean up.',
        },
      ],

      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { minimumDescriptionLength: 10 }],
      // Numbers and flags in messages are what messages are for.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // An async function without an await keeps a promise of its interface, and turns a throw into a rejection.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: 'error',
      'no-param-reassign': 'error',
      'prefer-const': 'error',
    },
  },
  {
    // Those who own a process may end it.
    files: [
      '{emitter,worker,collector,autoscaler}/handler.ts',
      'autoscaler/training/**/*.ts',
      'cli/**',
      'template/**/*.ts',
      'test/**',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Commands talk to people.
    files: ['cli/**', 'autoscaler/training/**/*.ts', 'test/bench/**', 'test/checks/**', 'test/cluster/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // JavaScript states its types in comments, which the compiler checks.
    files: ['**/*.{js,cjs,mjs}'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  {
    // A suite is one long function of short ones, and a table of cases is long because there are many.
    files: ['test/**'],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      // What `expect.any()` and its like return is an `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: pureFolders,
    rules: {
      'no-restricted-globals': ['error', ...restrictedGlobals],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: chance }],
    },
  },
);

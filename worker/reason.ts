/** Longest reason that a Result carries, in characters. */
const LONGEST_REASON = 500;

/** An absolute path or file URL, down to the name of its file. */
const PATH = /(?:file:\/\/)?(?:\/[\w.@+~-]+)+\/([\w.@+~-]+)/g;

// What a terminal or a log would act on.
const CONTROL = /[\u0000-\u001f\u007f]+/g;

/**
 * One line that says what was thrown, fit for a Result that strangers read: no stack, and no paths of this machine.
 */
export function reasonOf(thrown: unknown): string {
  const said = thrown instanceof Error ? thrown.message || thrown.name : describe(thrown);
  const [line = ''] = said.trim().split('\n');
  const clean = line.replace(PATH, '$1').replace(CONTROL, ' ').trim();
  if (clean === '') return 'failed without a reason';
  return clean.length > LONGEST_REASON ? `${clean.slice(0, LONGEST_REASON - 1)}…` : clean;
}

function describe(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  return `threw ${thrown === null ? 'null' : typeof thrown} instead of an Error`;
}

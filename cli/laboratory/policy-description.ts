import type { UsablePolicy } from '../../autoscaler/usable-policy.ts';
import type { PolicyFile } from '../../shared/policy/policy-file.ts';

/** What a policy file says of itself, as rows of a name and a text. */
export function policyDescription(file: PolicyFile, { version, engine }: UsablePolicy): readonly string[][] {
  const { trainedFor, least, most } = file.stepSeconds;
  return [
    ['name', file.name],
    ['kind', `${file.kind}${engine === undefined ? '' : `, run by ${engine}`}`],
    ['version', version],
    ['steps', `trained for ${String(trainedFor)} s, accepts ${String(least)} to ${String(most)} s`],
    ['actions', `${actionsOf(file)}, at most ${String(file.stepLimit)} a step`],
    ['trained for', `${file.dispatch} order, the load ${file.announced ? 'announced' : 'not announced'}`],
    ['model', modelOf(file.model)],
    ...underHead(
      'observes',
      file.observations.map(
        ({ name, unit, low, high }) => `${name}, ${unit}, ${String(low)} to ${String(high)}`,
      ),
    ),
    ...underHead('comes from', Object.entries(file.provenance).map(told)),
    ...underHead(
      'scores',
      file.scores.map((score) => Object.entries(score).map(told).join(', ')),
    ),
  ];
}

/** The head beside the first line; none at all where there is nothing to tell. */
function underHead(head: string, lines: readonly string[]): string[][] {
  return lines.map((line, index) => [index === 0 ? head : '', line]);
}

function actionsOf({ actions }: PolicyFile): string {
  if (actions.kind === 'target') return 'a size of the pool';
  return actions.deltas.map((delta) => (delta > 0 ? `+${String(delta)}` : String(delta))).join(', ');
}

/** The parts of a model, lists by their length. */
function modelOf(model: unknown): string {
  if (typeof model !== 'object' || model === null) return 'none';
  return Object.entries(model)
    .map(([name, part]: [string, unknown]) => `${name} ${partOf(part)}`)
    .join(', ');
}

function partOf(part: unknown): string {
  if (Array.isArray(part)) return `(${String(part.length)})`;
  if (typeof part === 'object' && part !== null) return `(${Object.keys(part).join(' ')})`;
  return String(part);
}

function told([name, value]: readonly [string, unknown]): string {
  return `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

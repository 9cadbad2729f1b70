import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { FORWARD_PASS, tensorflowEngine } from '../../autoscaler/engine.ts';
import { verifiedPolicy } from '../../autoscaler/usable-policy.ts';
import type { UsablePolicy } from '../../autoscaler/usable-policy.ts';
import { InvalidModel } from '../../shared/policy/learned-models.ts';
import { decodePolicyFile } from '../../shared/policy/policy-file.ts';
import type { PolicyFile } from '../../shared/policy/policy-file.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { policyDescription } from '../laboratory/policy-description.ts';
import { Output } from '../output.ts';
import { FARMHAND, table } from '../wording.ts';

const SHIPPED = join(import.meta.dirname, '..', '..', 'autoscaler', 'policies');

const EXAMPLES = `
Examples:
  $ ${FARMHAND} policy inspect farmhand-triage-1-announced      # a shipped file, by its name
  $ ${FARMHAND} policy inspect my-policy.json --json`;

export function policyCommand(): Command {
  const inspect = new Command('inspect')
    .description('Verify a policy file as the autoscaler does, and say what it is and where it comes from')
    .argument('<file>', 'its path, or the name of one that is shipped')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', EXAMPLES)
    .action(inspectFile);
  return new Command('policy')
    .description('Look into policy files')
    .addCommand(inspect)
    .addHelpText('after', EXAMPLES);
}

async function inspectFile(asked: string, options: { readonly json?: true }): Promise<void> {
  const output = new Output(options.json === true);
  const text = await readPolicy(asked);
  const { file, usable } = await verified(asked, text);
  const { version, engine } = usable;
  output.document({ ...file, version, ...(engine === undefined ? {} : { engine }) });
  for (const line of table(policyDescription(file, usable))) output.line(line);
}

async function readPolicy(asked: string): Promise<string> {
  const isName = /^[\w-]+$/.test(asked);
  try {
    return await readFile(isName ? join(SHIPPED, `${asked}.json`) : asked, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const expected = isName
      ? `one of the shipped policies (${await shippedFiles()}) or the path of a policy file; got ${asked}.`
      : `a policy file that can be read; got ${asked}: ${reason}`;
    throw new CommandError(`Expected ${expected}`, EXIT.usage, { cause: error });
  }
}

async function shippedFiles(): Promise<string> {
  const files = await readdir(SHIPPED);
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
  return names.sort().join(', ');
}

interface Verified {
  readonly file: PolicyFile;
  readonly usable: UsablePolicy;
}

async function verified(asked: string, text: string): Promise<Verified> {
  try {
    const file = decodePolicyFile(text);
    const engine = (await tensorflowEngine()) ?? FORWARD_PASS;
    return { file, usable: await verifiedPolicy(text, engine.begin()) };
  } catch (error) {
    if (!(error instanceof InvalidModel)) throw error;
    throw new CommandError(`${asked} cannot be used: ${error.message}`, EXIT.failed, { cause: error });
  }
}

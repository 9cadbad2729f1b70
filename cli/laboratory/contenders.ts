import { existsSync } from 'node:fs';
import { contenderByName, contenderNames } from '../../autoscaler/training/comparison/contender.ts';
import type { NamedContender } from '../../autoscaler/training/comparison/comparison.ts';
import type { PlainPolicy } from '../../autoscaler/training/comparison/plain-policy.ts';
import { readPolicyFile } from '../../autoscaler/training/comparison/policy-file.ts';
import type { ComparisonSetting } from '../../autoscaler/training/comparison/setting.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { shippedFile, shippedNames } from './shipped-policies.ts';

/** Who is meant by a name or a path. */
export function contender(asked: string, setting: ComparisonSetting): NamedContender {
  const known = contenderByName(asked);
  if (known !== undefined) return { asked, contender: known };
  const file = shippedFile(asked, setting) ?? asked;
  if (existsSync(file)) return { asked, contender: { kind: 'policy', policy: fromFile(file) } };
  if (file !== asked) {
    throw new CommandError(`Expected the policy file of ${asked} at ${file}; there is none.`, EXIT.usage);
  }
  const names = [...contenderNames, ...shippedNames].join(', ');
  throw new CommandError(
    `Expected a policy (${names}) or the path of a policy file; got ${asked}.`,
    EXIT.usage,
  );
}

function fromFile(file: string): PlainPolicy {
  try {
    return { kind: 'file', content: readPolicyFile(file) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(reason, EXIT.usage, { cause: error });
  }
}

/** Those who can take part, and those whose file is not there. */
export function availableContenders(
  names: readonly string[],
  setting: ComparisonSetting,
): { readonly contenders: readonly NamedContender[]; readonly absent: readonly string[] } {
  const isAbsent = (name: string): boolean => {
    const file = shippedFile(name, setting);
    return file !== undefined && !existsSync(file);
  };
  return {
    contenders: names.filter((name) => !isAbsent(name)).map((name) => contender(name, setting)),
    absent: names.filter(isAbsent),
  };
}

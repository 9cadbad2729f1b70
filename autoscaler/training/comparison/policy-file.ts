import { readFileSync } from 'node:fs';
import { InvalidModel } from '../../../shared/policy/learned-models.ts';
import { learnedPolicy } from '../../../shared/policy/learned-policy.ts';
import { decodePolicyFile } from '../../../shared/policy/policy-file.ts';
import type { PolicyFile } from '../../../shared/policy/policy-file.ts';
import type { Policy } from '../../../shared/policy/policy.ts';

/** A policy file that cannot be used: says which field, what it needs and what stands there. */
export class InvalidPolicyFile extends Error {
  override readonly name = 'InvalidPolicyFile';

  constructor(file: string, reason: string, options: ErrorOptions = {}) {
    super(`${file}: ${reason}`, options);
  }
}

/** What a policy file holds. Plain data. */
export type PolicyFileContent = PolicyFile;

/** @throws InvalidPolicyFile also where the model is of no use */
export function readPolicyFile(path: string): PolicyFileContent {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidPolicyFile(path, `expected a JSON file that can be read; ${reason}`, { cause: error });
  }
  try {
    const file = decodePolicyFile(text);
    policyOf(file);
    return file;
  } catch (error) {
    if (error instanceof InvalidModel) throw new InvalidPolicyFile(path, error.message, { cause: error });
    throw error;
  }
}

/** @throws InvalidModel */
export function policyOf(file: PolicyFileContent): Policy {
  return learnedPolicy(file);
}

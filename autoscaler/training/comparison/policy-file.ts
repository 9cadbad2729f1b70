import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { InvalidModel } from '../../../shared/policy/learned-models.ts';
import { learnedPolicy } from '../../../shared/policy/learned-policy.ts';
import type { Policy } from '../../../shared/policy/policy.ts';

/** A policy file that cannot be used: says which field, what it needs and what stands there. */
export class InvalidPolicyFile extends Error {
  override readonly name = 'InvalidPolicyFile';

  constructor(file: string, reason: string, options: ErrorOptions = {}) {
    super(`${file}: ${reason}`, options);
  }
}

const finite = z.number();

/** As much of a policy file as running it needs; its model is for whoever makes the policy. */
const contentSchema = z.looseObject({
  format: z.literal('farmhand-policy'),
  formatVersion: z.literal(1),
  kind: z.enum(['sarsa', 'dqn']),
  name: z.string(),
  observations: z.array(z.object({ name: z.string(), unit: z.string(), low: finite, high: finite })),
  actions: z.object({ kind: z.literal('delta'), deltas: z.array(z.number().int()).min(1) }),
  model: z.unknown(),
});

/** What a policy file holds. Plain data. */
export type PolicyFileContent = z.infer<typeof contentSchema>;

/** @throws InvalidPolicyFile also where the model is of no use */
export function readPolicyFile(path: string): PolicyFileContent {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidPolicyFile(path, `expected a JSON file that can be read; ${reason}`, { cause: error });
  }
  const parsed = contentSchema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InvalidPolicyFile(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is invalid'}`);
  }
  try {
    policyOf(parsed.data);
  } catch (error) {
    if (error instanceof InvalidModel) throw new InvalidPolicyFile(path, error.message, { cause: error });
    throw error;
  }
  return parsed.data;
}

/** @throws InvalidModel */
export function policyOf({ kind, name, observations, actions, model }: PolicyFileContent): Policy {
  return learnedPolicy({ kind, name, observations, actions, model });
}

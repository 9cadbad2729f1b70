import type { Logger } from '../template/farm-node22/contract.ts';
import { InvalidModel } from '../shared/policy/learned-models.ts';
import { NeedsTensorflow } from '../shared/policy/learned-policy.ts';
import type { Engine, PolicyEngine } from './engine.ts';
import { versionOf } from './policy-source.ts';
import type { PolicySource } from './policy-source.ts';
import { verifiedPolicy } from './usable-policy.ts';
import type { UsablePolicy } from './usable-policy.ts';

/** Content that cannot be used: where it stands, which field, and why. */
export interface Refusal {
  readonly source: string;
  /** Of the refused content; absent where nothing could be read. */
  readonly version?: string;
  readonly field: string;
  readonly reason: string;
}

/** Holds the policy of one source, as long as nothing better is there: new content counts once it is verified. */
export class PolicyKeeper {
  readonly #source: PolicySource;
  readonly #log: Logger;
  /** What was looked at last, and what it would run on. */
  #seen: string | undefined;
  #current: UsablePolicy | undefined;
  /** Of the current one. */
  #networks: PolicyEngine | undefined;
  #refusal: Refusal | undefined;
  #needsTensorflow = false;

  constructor(source: PolicySource, log: Logger) {
    this.#source = source;
    this.#log = log;
  }

  get current(): UsablePolicy | undefined {
    return this.#current;
  }

  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** Whether its content was refused for want of TensorFlow.js alone. */
  get needsTensorflow(): boolean {
    return this.#needsTensorflow;
  }

  /** Looks whether the content has changed. Never throws: what cannot be used is refused, and said once. */
  async look(engine: Engine): Promise<void> {
    let text: string;
    try {
      text = await this.#source.read();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#refuse({ source: this.#source.label, field: 'file', reason: `expected a file; ${reason}` });
      return;
    }
    const version = versionOf(text);
    const seen = `${version} ${engine.name}`;
    if (seen === this.#seen) return;
    await this.#take(text, version, engine);
    this.#seen = seen;
  }

  async #take(text: string, version: string, engine: Engine): Promise<void> {
    const source = this.#source.label;
    const networks = engine.begin();
    this.#needsTensorflow = false;
    try {
      this.#current = await verifiedPolicy(text, networks);
      this.#refusal = undefined;
      // Nobody is in the middle of a decision with the one before: deciding awaits nothing.
      this.#networks?.dispose();
      this.#networks = networks;
      const { name, kind } = this.#current;
      this.#log.info(
        { source, version, policyName: name, kind, engine: this.#current.engine },
        'policy taken',
      );
    } catch (error) {
      networks.dispose();
      this.#needsTensorflow = error instanceof NeedsTensorflow;
      const field = error instanceof InvalidModel ? error.field : 'model';
      const reason = error instanceof Error ? error.message : String(error);
      this.#refuse({ source, version, field, reason });
    }
  }

  #refuse(refusal: Refusal): void {
    const isKnown = this.#refusal?.version === refusal.version && this.#refusal?.reason === refusal.reason;
    this.#refusal = refusal;
    if (refusal.version === undefined) this.#seen = undefined;
    if (isKnown) return;
    const running = this.#current?.version ?? 'none';
    this.#log.warn({ refusal, running }, 'policy refused; the one before goes on');
  }
}

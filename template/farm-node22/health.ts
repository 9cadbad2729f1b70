import type { DependencyState } from './contract.ts';

/** `running` also while a dependency is down; `draining` from the stop signal, or the failure of run(), to the end. */
export type ProcessState = 'starting' | 'running' | 'draining';

/** What /_/ready answers: 200, 503 or 429, and why. */
export interface Readiness {
  readonly status: 200 | 429 | 503;
  readonly reason: string;
}

/** State of the process and of what it depends on. */
export class Health {
  state: ProcessState = 'starting';
  readonly #dependencies = new Map<string, DependencyState>();

  report(name: string, { ok, detail }: DependencyState): void {
    this.#dependencies.set(name, detail === undefined ? { ok } : { ok, detail });
  }

  /** The body of /_/health. */
  describe(): {
    readonly state: ProcessState;
    readonly dependencies: Readonly<Record<string, DependencyState>>;
  } {
    return { state: this.state, dependencies: Object.fromEntries(this.#dependencies) };
  }

  /** Whether new invocations should be sent here. */
  readiness(atLimit: boolean): Readiness {
    if (this.state !== 'running') return { status: 503, reason: this.state };
    const down = [...this.#dependencies].filter(([, { ok }]) => !ok).map(([name]) => name);
    if (down.length > 0) return { status: 503, reason: `not available: ${down.join(', ')}` };
    return atLimit ? { status: 429, reason: 'MAX_INFLIGHT reached' } : { status: 200, reason: 'ready' };
  }
}

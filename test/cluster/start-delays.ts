import type { Decision } from '../../autoscaler/decision.ts';
import type { Scene } from './scene.ts';

const LOOK_SECONDS = 0.5;

/** Writes down when workers register, and finds the decisions that started them. */
export class StartDelays {
  readonly #startedAt = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(scene: Scene) {
    const look = async (): Promise<void> => {
      const { workers } = await scene.control.observe(0);
      for (const { id, startedAtSeconds } of workers) this.#startedAt.set(id, startedAtSeconds);
    };
    this.#timer = setInterval(() => void look().catch(() => undefined), LOOK_SECONDS * 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** From each decision that started workers to the registration of each of them. */
  after(decisions: readonly Decision[]): readonly number[] {
    const growing = decisions.filter(({ outcome }) => (outcome?.started ?? 0) > 0);
    const [first] = growing;
    if (first?.atSeconds === undefined) return [];
    const from = first.atSeconds;
    const registered = [...this.#startedAt.values()].filter((at) => at > from).toSorted((a, b) => a - b);
    return growing
      .flatMap(({ atSeconds = 0, outcome }) => new Array<number>(outcome?.started ?? 0).fill(atSeconds))
      .flatMap((decidedAt, index) => {
        const at = registered[index];
        return at === undefined ? [] : [at - decidedAt];
      });
  }
}

import type { Observation } from '../shared/control/observation.ts';
import { InvalidSetting } from '../shared/io/settings.ts';
import { ruleByName } from '../shared/policy/rule-policy.ts';
import type { FunctionContext, Logger } from '../template/farm-node22/contract.ts';
import type { Decision } from './decision.ts';
import { FORWARD_PASS, tensorflowEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { PolicyKeeper } from './policy-keeper.ts';
import type { Refusal } from './policy-keeper.ts';
import { policySource } from './policy-source.ts';
import type { AutoscalerSettings } from './settings.ts';
import { usableRule } from './usable-policy.ts';
import type { UsablePolicy } from './usable-policy.ts';

const RULES = 'staffing, reactive-average, reactive-maximum or static:N';

/** Its native library is one for each platform, and is fetched while it is installed. */
const MEND =
  'Install it on the platform that it runs on, or build the image with AUTOSCALER_PACKAGES=/packages/tensorflow, or set TENSORFLOW=off';

/** What one place on the shelf holds: a rule for good, or a file that may change. */
type Place = UsablePolicy | PolicyKeeper;

/** The policies that the settings name, and the rule that decides where none of them can. */
export class PolicyShelf {
  readonly fallback: UsablePolicy;
  readonly #places: readonly Place[];
  readonly #log: Logger;
  /** Until it has been tried. */
  #wantsTensorflow: boolean;
  #engine: Engine = FORWARD_PASS;
  /** What the log has been told. */
  readonly #warned = new Set<string>();

  private constructor(
    places: readonly Place[],
    fallback: UsablePolicy,
    { wantsTensorflow, log }: { readonly wantsTensorflow: boolean; readonly log: Logger },
  ) {
    this.#places = places;
    this.fallback = fallback;
    this.#log = log;
    this.#wantsTensorflow = wantsTensorflow;
  }

  /** @throws InvalidSetting */
  static of(settings: AutoscalerSettings, context: FunctionContext): PolicyShelf {
    const fallback = ruleByName(settings.FALLBACK_POLICY);
    if (fallback === undefined) {
      throw new InvalidSetting('FALLBACK_POLICY', `must be ${RULES}`, settings.FALLBACK_POLICY);
    }
    const labels = settings.POLICY.split(',').map((label) => label.trim());
    const places = labels.map((label): Place => {
      if (label === '') throw new InvalidSetting('POLICY', 'must name a policy', settings.POLICY);
      const rule = ruleByName(label);
      if (rule !== undefined) return usableRule(rule);
      return new PolicyKeeper(policySource(label, import.meta.dirname, context), context.log);
    });
    const wantsTensorflow = settings.TENSORFLOW === 'auto';
    return new PolicyShelf(places, usableRule(fallback), { wantsTensorflow, log: context.log });
  }

  /** Looks whether a file has changed. One that TensorFlow.js alone can run waits for it to be loaded. */
  async look(): Promise<void> {
    await this.#lookAll();
    if (!this.#wantsTensorflow || !this.#keepers().some(({ needsTensorflow }) => needsTensorflow)) return;
    await this.#tryTensorflow();
    await this.#lookAll();
  }

  /**
   * Loads TensorFlow.js, once, where it is wanted and a network decides. It takes most of a second, so a step never
   * waits for it: until it is there the forward pass decides, and goes on where it is not installed.
   */
  async loadEngine(): Promise<void> {
    if (!this.#wantsTensorflow || !this.usable().some(({ engine }) => engine !== undefined)) return;
    await this.#tryTensorflow();
  }

  async #tryTensorflow(): Promise<void> {
    this.#wantsTensorflow = false;
    try {
      const engine = await tensorflowEngine((name, error) => {
        this.#log.warn({ error }, `${name} is installed but does not load, so it is left out. ${MEND}`);
      });
      this.#engine = engine ?? FORWARD_PASS;
    } catch (error) {
      this.#log.warn({ error }, 'TensorFlow.js is installed but does not start; the forward pass decides');
    }
  }

  async #lookAll(): Promise<void> {
    await Promise.all(this.#keepers().map((keeper) => keeper.look(this.#engine)));
  }

  /** Who decides on what is seen: of those that can, the first that is made for it. */
  choose(seen: Observation): UsablePolicy | undefined {
    const isAnnounced = seen.announcedRatePerSecond !== undefined;
    const usable = this.usable();
    return usable.find(({ announced = isAnnounced }) => announced === isAnnounced) ?? usable[0];
  }

  /** Says in the log what a decision warns of, once for each policy. */
  warn({ policy, policyVersion, warnings = [] }: Decision): void {
    for (const { reason, detail } of warnings) {
      const warning = [policyVersion, policy, reason].join(' ');
      if (this.#warned.has(warning)) continue;
      this.#warned.add(warning);
      this.#log.warn({ policyName: policy, policyVersion, reason }, detail);
    }
  }

  usable(): readonly UsablePolicy[] {
    return this.#places
      .map((place) => (place instanceof PolicyKeeper ? place.current : place))
      .filter((policy) => policy !== undefined);
  }

  refusals(): readonly Refusal[] {
    return this.#keepers()
      .map(({ refusal }) => refusal)
      .filter((refusal) => refusal !== undefined);
  }

  #keepers(): readonly PolicyKeeper[] {
    return this.#places.filter((place) => place instanceof PolicyKeeper);
  }
}

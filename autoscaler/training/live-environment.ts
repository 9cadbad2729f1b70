import type { GuardRules } from '../../shared/control/guard.ts';
import type { Box, Discrete } from '../../shared/control/spaces.ts';
import type { Farm } from '../../shared/farm/farm-port.ts';
import type { FarmSnapshot } from '../../shared/farm/snapshot.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';
import { checkSeed, EpisodeTelling, ResetNeeded, spacesOf } from './environment.ts';
import type {
  EnvironmentDefinition,
  LiveEnvironmentContract,
  ResetAnswer,
  ResetOptions,
  ResetRequest,
  StepAnswer,
} from './environment.ts';

/** The farm could not be seen at the beginning or the end of a step: there is nothing to learn from it. */
export class FarmNotObserved extends Error {
  override readonly name = 'FarmNotObserved';
  constructor(reason: string) {
    super(
      `Expected to see the farm; it could not be observed: ${reason}. The episode is over: call reset().`,
    );
  }
}

/** A farm that has been started for one episode, with its load. */
export interface LiveEpisode {
  readonly farm: Farm;
  readonly guards: GuardRules;
  readonly stepSeconds: number;
  readonly steps: number;
  /** Resolves when a step is over, counted from 1; the scaling that it began with is part of its time. */
  endOfStep(step: number): Promise<void>;
  /** Whether all tasks of the load have been collected. */
  isDone(snapshot: FarmSnapshot): boolean;
}

export interface LiveEnvironmentParts extends EnvironmentDefinition {
  /** Ends what ran before, and starts a farm with the load of that seed. */
  readonly begin: (seed: number, options: ResetOptions) => Promise<LiveEpisode>;
  readonly seeds: { readonly first: number; readonly last: number };
  readonly environmentSeed: number;
}

interface Running {
  readonly episode: LiveEpisode;
  readonly telling: EpisodeTelling;
  steps: number;
}

/**
 * The environment of `SimulatedEnvironment` on a farm in real time: same spaces, rewards, guards and endings, because
 * both are shells over `EpisodeTelling`. A step lasts as long as it lasts on the farm.
 */
export class LiveEnvironment implements LiveEnvironmentContract {
  readonly observationSpace: Box;
  readonly actionSpace: Discrete;
  readonly #parts: LiveEnvironmentParts;
  readonly #seeds: RandomStream;
  #running: Running | undefined;

  constructor(parts: LiveEnvironmentParts) {
    this.#parts = parts;
    this.#seeds = new RandomStream(parts.environmentSeed, 'episode seeds');
    const { observationSpace, actionSpace } = spacesOf(parts);
    this.observationSpace = observationSpace;
    this.actionSpace = actionSpace;
  }

  async reset({ seed, options = {} }: ResetRequest = {}): Promise<ResetAnswer> {
    const { seeds, begin } = this.#parts;
    const drawn = checkSeed(seed ?? this.#seeds.integer(seeds.first, seeds.last));
    this.#running = undefined;
    const episode = await begin(drawn, options);
    const snapshot = await see(episode);
    const telling = new EpisodeTelling(this.#parts, episode.guards, { seed: drawn, snapshot });
    this.#running = { episode, telling, steps: 0 };
    return telling.opening();
  }

  async step(action: number): Promise<StepAnswer> {
    const running = this.#running;
    if (running === undefined) throw new ResetNeeded();
    const { episode, telling } = running;
    const { workers, pending } = telling.target(action);
    // Whatever fails from here on leaves a step half told: the episode can only be begun anew.
    this.#running = undefined;
    await episode.farm.scaleTo(workers);
    running.steps += 1;
    await episode.endOfStep(running.steps);
    const snapshot = await see(episode);
    this.#running = running;
    return telling.conclude(pending, {
      snapshot,
      isTerminated: episode.isDone(snapshot),
      isTruncated: running.steps >= episode.steps,
    });
  }
}

async function see({ farm, stepSeconds }: LiveEpisode): Promise<FarmSnapshot> {
  const seen = await farm.observe(stepSeconds);
  if (seen.kind === 'noData') throw new FarmNotObserved(seen.reason);
  return seen;
}

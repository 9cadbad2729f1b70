/** A figure of the published table: mean and standard deviation over ten episodes. */
export interface PublishedFigure {
  readonly mean: number;
  readonly std: number;
}

export interface PublishedResult {
  /** As the publication calls it. */
  readonly name: string;
  /** As we call it. */
  readonly policy: string;
  readonly qosPercent: PublishedFigure;
  readonly meanWorkers: PublishedFigure;
  readonly maxWorkers: PublishedFigure;
  readonly scalingActions: PublishedFigure;
}

/** What the publication reports from its own cluster: ten episodes a policy, steps of 8 s, 12 workers at the start. */
export const publishedResults: readonly PublishedResult[] = [
  {
    name: 'SARSA',
    policy: 'sarsa',
    qosPercent: { mean: 99.2, std: 0.52 },
    meanWorkers: { mean: 14.78, std: 0.49 },
    maxWorkers: { mean: 17.8, std: 0.75 },
    scalingActions: { mean: 24, std: 2.05 },
  },
  {
    name: 'Double DQN',
    policy: 'dqn',
    qosPercent: { mean: 94.91, std: 3.79 },
    meanWorkers: { mean: 14.4, std: 0.77 },
    maxWorkers: { mean: 15.6, std: 1.02 },
    scalingActions: { mean: 3.6, std: 1.02 },
  },
  {
    name: 'ReactiveAverage',
    policy: 'reactive-average',
    qosPercent: { mean: 50.87, std: 4.38 },
    meanWorkers: { mean: 10.79, std: 0.31 },
    maxWorkers: { mean: 16.6, std: 0.66 },
    scalingActions: { mean: 28.4, std: 0.92 },
  },
  {
    name: 'ReactiveMaximum',
    policy: 'reactive-maximum',
    qosPercent: { mean: 65.61, std: 14.26 },
    meanWorkers: { mean: 13.92, std: 0.68 },
    maxWorkers: { mean: 18.8, std: 0.4 },
    scalingActions: { mean: 26.8, std: 1.25 },
  },
];

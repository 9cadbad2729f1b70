import { DISPATCH_ORDERS } from '../../shared/farm/dispatch-order.ts';
import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';
import type { ComparisonSetting } from '../../autoscaler/training/comparison/setting.ts';
import { publishedResults } from '../../autoscaler/training/published-results.ts';

/** One table of the reproduction. */
export interface PaperSection {
  readonly title: string;
  readonly workload: string;
  readonly setting: ComparisonSetting;
  readonly policies: readonly string[];
  /** Searched plans take long: fewer seeds do for those. */
  readonly seedShare: number;
  readonly bounds: boolean;
}

const LEARNED = ['sarsa', 'dqn', 'farmhand-nine'];
const POOLS = ['static:10', 'static:11', 'static:12', 'static:13', 'static:14', 'static:15', 'static:16'];
const RULES = ['reactive-average', 'reactive-maximum', 'hpa', 'keda', 'staffing'];
/** Who can make something of wider steps or of an announcement; pools, timetables and emulations cannot. */
const LISTENING = ['farmhand', 'staffing', 'staffing-best'];
const BEST_PLAN = 'the best plan found with every arrival known';
const FITTED = ['hpa-best', 'keda-best', 'staffing-best', 'timetable'];

/** First come, first served, and no claim for lost tasks: as the published farm does it. */
const published: ComparisonSetting = { dispatch: 'fifo', actions: 1, announced: false, lostShare: 0 };

/** The published policies on the published load. */
export const publishedSection: PaperSection = {
  title: 'The published table',
  workload: 'paper',
  setting: published,
  policies: publishedResults.map(({ policy }) => policy),
  seedShare: 1,
  bounds: false,
};

const ORDER_NAMES: Readonly<Record<DispatchOrder, string>> = {
  fifo: 'first come, first served',
  deadline: 'deadline order',
  triage: 'triage',
};

/** One load in one order: by ±1 and ±4, with nothing announced and with the coming rate announced. */
function sectionsOf(workload: string, dispatch: DispatchOrder): PaperSection[] {
  const title = `${workload}, ${ORDER_NAMES[dispatch]}`;
  const setting: ComparisonSetting = { ...published, dispatch };
  const learned = dispatch === 'fifo' ? [...LEARNED, 'farmhand'] : ['farmhand'];
  const at = (more: Partial<ComparisonSetting>): ComparisonSetting => ({ ...setting, ...more });
  return [
    all(`${title}, ±1`, workload, setting, [...learned, ...RULES, ...FITTED, ...POOLS]),
    all(`${title}, ±1, the coming rate announced`, workload, at({ announced: true }), LISTENING),
    all(`${title}, ±4`, workload, at({ actions: 4 }), [...LISTENING, 'timetable']),
    all(`${title}, ±4, the coming rate announced`, workload, at({ actions: 4, announced: true }), LISTENING),
    searched(`${title}, ±1: ${BEST_PLAN}`, workload, setting),
    searched(`${title}, ±4: ${BEST_PLAN}`, workload, at({ actions: 4 })),
  ];
}

/** What looking at expected service times is worth where the real ones are not known. */
function noisy(noiseCv: number): PaperSection[] {
  const workload = `paper-random:noise=${String(noiseCv)}`;
  return DISPATCH_ORDERS.map((dispatch) =>
    all(
      `paper-random, ${ORDER_NAMES[dispatch]}, ±1, service times that vary by ${String(noiseCv)} about the expected`,
      workload,
      { ...published, dispatch },
      ['farmhand', 'staffing', 'hpa', 'keda', 'static:10', 'static:12', 'static:14'],
    ),
  );
}

function all(
  title: string,
  workload: string,
  setting: ComparisonSetting,
  policies: readonly string[],
): PaperSection {
  return { title, workload, setting, policies, seedShare: 1, bounds: false };
}

function searched(title: string, workload: string, setting: ComparisonSetting): PaperSection {
  return { title, workload, setting, policies: ['best-plan'], seedShare: 0.1, bounds: true };
}

/** What the published table lacks, and then all of it on a load whose schedule nobody can learn by heart. */
export const furtherSections: readonly PaperSection[] = [
  ...['paper', 'paper-random'].flatMap((workload) =>
    DISPATCH_ORDERS.flatMap((dispatch) => sectionsOf(workload, dispatch)),
  ),
  ...[0.2, 0.5].flatMap(noisy),
];

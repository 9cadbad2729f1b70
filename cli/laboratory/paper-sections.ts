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
const FITTED = ['hpa-best', 'keda-best', 'staffing-best', 'timetable'];

/** First come, first served, and no claim for lost tasks: as the published farm does it. */
const published: ComparisonSetting = { dispatch: 'fifo', actions: 1, announced: false, lostShare: 0 };
const triage: ComparisonSetting = { ...published, dispatch: 'triage' };

/** The published policies on the published load. */
export const publishedSection: PaperSection = {
  title: 'The published table',
  workload: 'paper',
  setting: published,
  policies: publishedResults.map(({ policy }) => policy),
  seedShare: 1,
  bounds: false,
};

/** What the published table lacks, and then all of it on a load whose schedule nobody can learn by heart. */
export const furtherSections: readonly PaperSection[] = ['paper', 'paper-random'].flatMap((workload) => [
  all(`${workload}, first come, first served`, workload, published),
  searched(
    `${workload}, first come, first served: the best plan found with every arrival known`,
    workload,
    published,
  ),
  all(`${workload}, triage`, workload, triage),
  all(`${workload}, triage, the coming rate announced`, workload, { ...triage, announced: true }),
  searched(`${workload}, triage: the best plan found with every arrival known`, workload, triage),
]);

function all(title: string, workload: string, setting: ComparisonSetting): PaperSection {
  const learned = setting.dispatch === 'fifo' && !setting.announced ? [...LEARNED, 'farmhand'] : ['farmhand'];
  // Neither pools nor timetables listen to an announcement.
  const policies = setting.announced
    ? [...learned, 'staffing', 'staffing-best']
    : [...learned, ...RULES, ...FITTED, ...POOLS];
  return { title, workload, setting, policies, seedShare: 1, bounds: false };
}

function searched(title: string, workload: string, setting: ComparisonSetting): PaperSection {
  return { title, workload, setting, policies: ['best-plan'], seedShare: 0.2, bounds: true };
}

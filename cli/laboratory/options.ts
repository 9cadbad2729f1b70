import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { DISPATCH_ORDERS } from '../../shared/farm/dispatch-order.ts';
import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';
import type { ComparisonSetting } from '../../autoscaler/training/comparison/setting.ts';
import { wholeNumber } from '../option-values.ts';

/** What all commands understand that run episodes. */
export interface SettingOptions {
  readonly dispatch: DispatchOrder;
  readonly actions: number;
  readonly announced: boolean;
  readonly lostShare: number;
  readonly seeds: readonly number[];
}

/** Reports are on these: nothing is trained or selected on seeds from 90001 on. */
const REPORT_SEEDS = '90001-90300';

export function withSetting(command: Command, seedsByDefault = REPORT_SEEDS): Command {
  return command
    .option('--dispatch <order>', DISPATCH_ORDERS.join(', '), oneOf(DISPATCH_ORDERS), 'triage')
    .option('--actions <limit>', 'most workers added or removed in one step', wholeNumber(1, 64), 1)
    .addOption(announcedOption('whether policies see the planned rate of the next 60 s'))
    .option('--lost-share <n>', 'one claim in n goes to tasks long lost; 0 for none', wholeNumber(0, 1000), 4)
    .addOption(seedsOption(seedsByDefault));
}

export function announcedOption(description: string): Option {
  return new Option('--announced <yes|no>', description).argParser(yesOrNo).default(false, 'no');
}

/** Each seed is one episode. */
export function seedsOption(byDefault = REPORT_SEEDS): Option {
  return new Option('--seeds <first-last>', 'each seed is one episode')
    .argParser(seedRange)
    .default(seedRange(byDefault), byDefault);
}

export function settingOf({ dispatch, actions, announced, lostShare }: SettingOptions): ComparisonSetting {
  return { dispatch, actions, announced, lostShare };
}

export function oneOf<Value extends string>(values: readonly Value[]): (text: string) => Value {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new InvalidArgumentError(`Expected one of ${values.join(', ')}.`);
    return found;
  };
}

function yesOrNo(text: string): boolean {
  return oneOf(['yes', 'no'])(text) === 'yes';
}

export function list(text: string): readonly string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0) throw new InvalidArgumentError('Expected one or more, separated by commas.');
  return items;
}

const MOST_SEEDS = 100_000;

/** `1-300`, or one seed. */
export function seedRange(text: string): readonly number[] {
  const [, low, high = low] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text.trim()) ?? [];
  const first = Number(low);
  const count = Number(high) - first + 1;
  if (low === undefined || count < 1 || count > MOST_SEEDS) {
    throw new InvalidArgumentError(
      `Expected the first and the last seed, such as 90001-90300, at most ${MOST_SEEDS} of them.`,
    );
  }
  return Array.from({ length: count }, (_, index) => first + index);
}

export function percentage(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('Expected a percentage.');
  return value;
}

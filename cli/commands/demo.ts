import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { farmCommand, outputOf } from './common.ts';
import type { CommonOptions } from './common.ts';

interface DemoOptions extends CommonOptions {
  readonly keep?: true;
}

export function demoCommand(): Command {
  return farmCommand(
    'demo',
    'Run generated pictures and a changing load through a farm on this machine, in about 40 s',
    ['demo', 'demo --keep   # keeps the logs and the files of its Redis', 'demo --json | jq .qosPercent'],
  )
    .option('--keep', "keep the farm's folder: logs and the files of its Redis")
    .action(demo);
}

async function demo(options: DemoOptions): Promise<void> {
  const output = outputOf(options);
  const { runDemo } = await import('../demo/demo.ts');
  process.exitCode = (await runDemo(output, options.keep === true)) ? EXIT.ok : EXIT.unbalanced;
}

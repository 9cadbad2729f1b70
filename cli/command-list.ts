import type { Command } from 'commander';

/** A command as the list of all of them shows it, before anything of it is loaded. */
export interface ListedCommand {
  readonly name: string;
  /** Its arguments, as Commander writes them. */
  readonly arguments?: string;
  readonly description: string;
  readonly load: () => Promise<Command>;
}

/**
 * Every command. Each is in a module of its own that is loaded only when it is meant: the list is shown at once, and a
 * part of the repository that does not load stops only the commands that need it.
 */
export const COMMAND_LIST: readonly ListedCommand[] = [
  {
    name: 'up',
    description: 'Start a farm on this machine: a Redis of its own, emitter, workers, collector, autoscaler',
    load: async () => (await import('./commands/up.ts')).upCommand(),
  },
  {
    name: 'down',
    description: 'Stop a farm of this machine: its workers finish what they have first',
    load: async () => (await import('./commands/down.ts')).downCommand(),
  },
  {
    name: 'status',
    description: 'Show queue, workers, QoS and the latest scaling decisions',
    load: async () => (await import('./commands/status.ts')).statusCommand(),
  },
  {
    name: 'submit',
    arguments: '<paths...>',
    description: 'Submit files, or the pictures in folders, as tasks',
    load: async () => (await import('./commands/submit.ts')).submitCommand(),
  },
  {
    name: 'results',
    arguments: '[id]',
    description: 'List the latest Results, or show one',
    load: async () => (await import('./commands/results.ts')).resultsCommand(),
  },
  {
    name: 'dead-letters',
    description: 'List failed tasks, or send them round again',
    load: async () => (await import('./commands/dead-letters.ts')).deadLettersCommand(),
  },
  {
    name: 'load',
    arguments: '<workload>',
    description: 'Let the emitter generate a load of calibrated tasks',
    load: async () => (await import('./commands/load.ts')).loadCommand(),
  },
  {
    name: 'calibrate',
    description: 'Measure the image work on this machine, and fit the service-time models',
    load: async () => (await import('./commands/calibrate.ts')).calibrateCommand(),
  },
  {
    name: 'demo',
    description: 'Run generated pictures and a changing load through a farm on this machine, in about 40 s',
    load: async () => (await import('./commands/demo.ts')).demoCommand(),
  },
  {
    name: 'train',
    description: 'Train a policy in the simulator, and write it as a policy file',
    load: async () => (await import('./commands/train.ts')).trainCommand(),
  },
  {
    name: 'compare',
    description: 'Run policies through the same simulated episodes, and hold them against each other',
    load: async () => (await import('./commands/compare.ts')).compareCommand(),
  },
  {
    name: 'evaluate',
    arguments: '<policy>',
    description: 'Run one policy through simulated episodes',
    load: async () => (await import('./commands/evaluate.ts')).evaluateCommand(),
  },
  {
    name: 'paper',
    description: 'Reproduce the published table, then show what was missing from it',
    load: async () => (await import('./commands/paper.ts')).paperCommand(),
  },
  {
    name: 'tune',
    description: 'Tune the rules that learned policies are held against',
    load: async () => (await import('./commands/tune.ts')).tuneCommand(),
  },
  {
    name: 'policy',
    description: 'Look into policy files',
    load: async () => (await import('./commands/policy.ts')).policyCommand(),
  },
  {
    name: 'cluster',
    description: 'A one-node Kubernetes on this machine, out of its real parts (Linux, as root)',
    load: async () => (await import('./commands/cluster.ts')).clusterCommand(),
  },
];

import { Command } from 'commander';
import { loadImages } from '../cluster/cluster-images.ts';
import { OwnCluster } from '../cluster/own-cluster.ts';
import { PartsMissing } from '../cluster/parts-missing.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { Output } from '../output.ts';
import { repositoryFolder } from '../setup/packages.js';
import { FARMHAND } from '../wording.ts';

interface ClusterOptions {
  readonly json?: true;
}

interface LoadOptions extends ClusterOptions {
  readonly tag: string;
}

export function clusterCommand(): Command {
  const command = new Command('cluster').description(
    'A one-node Kubernetes on this machine, out of its real parts (Linux, as root)',
  );
  step(
    command,
    'up',
    'Bring it up, and keep it up; the first time builds Kubernetes, in about six minutes',
    up,
  );
  step(command, 'down', 'Take it down, and everything of it away', down);
  step(command, 'status', 'Say whether it is up', status);
  step(command, 'load', 'Build the images of the functions, and hand them to it', load)
    .argument('[functions...]', 'which of them; all by default')
    .option('--tag <tag>', 'tag of the images', 'test');
  return command.addHelpText(
    'after',
    `\nExamples:\n  $ ${FARMHAND} cluster up\n  $ export KUBECONFIG=$(${FARMHAND} cluster status --json | jq -r .kubeconfig)`,
  );
}

function step(
  command: Command,
  name: string,
  description: string,
  run: (output: Output, options: LoadOptions, functions: string[]) => Promise<void>,
): Command {
  return command
    .command(name)
    .description(description)
    .option('--json', 'print one JSON document instead of text')
    .action(async function action(this: Command) {
      const options = this.opts<LoadOptions>();
      await run(new Output(options.json === true), options, this.args).catch((error: unknown) => {
        if (error instanceof PartsMissing) throw new CommandError(error.message);
        throw error;
      });
    });
}

async function up(output: Output): Promise<void> {
  const cluster = clusterOf(output);
  if (cluster.running() !== undefined) {
    throw new CommandError(`The cluster is up already. Use it: ${exportLine(cluster)}`, EXIT.alreadyRunning);
  }
  refuseTestsOf(cluster);
  const interrupt = new AbortController();
  const stop = (): void => {
    interrupt.abort(new CommandError('Interrupted; what had started is stopped.', EXIT.interrupted));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  await cluster.up({ endsWithMe: false, signal: interrupt.signal });
  describe(cluster, output);
}

async function down(output: Output): Promise<void> {
  const cluster = clusterOf(output);
  refuseTestsOf(cluster);
  const wasThere = cluster.state.read() !== undefined;
  await cluster.down();
  output.document({ stopped: wasThere });
  output.line(wasThere ? 'The cluster is down.' : 'There was none.');
}

async function status(output: Output): Promise<void> {
  const cluster = clusterOf(output);
  if (cluster.running() === undefined) {
    throw new CommandError(`No cluster is up. Start one: ${FARMHAND} cluster up`, EXIT.notRunning);
  }
  describe(cluster, output);
}

async function load(output: Output, { tag }: LoadOptions, functions: string[]): Promise<void> {
  const cluster = clusterOf(output);
  if (cluster.running() === undefined) {
    throw new CommandError(`No cluster is up. Start one: ${FARMHAND} cluster up`, EXIT.notRunning);
  }
  const request = {
    repository: repositoryFolder,
    names: { prefix: 'farmhand', tag },
    ...(functions.length === 0 ? {} : { functions }),
  };
  const images = await loadImages(cluster, [request], (line) => {
    output.note(line);
  });
  output.document({ images });
  output.line(images.map((image) => image.tag).join('\n'));
}

function clusterOf(output: Output): OwnCluster {
  return new OwnCluster((line) => {
    output.note(line);
  });
}

/** A cluster that tests run on is theirs, and ends with them. */
function refuseTestsOf(cluster: OwnCluster): void {
  const owner = cluster.owner();
  if (owner === undefined || owner.pid === process.pid) return;
  throw new CommandError(`The cluster belongs to process ${owner.pid}, a test run: it ends with that.`);
}

function describe(cluster: OwnCluster, output: Output): void {
  const { kubeconfig, run } = cluster.folder;
  output.document({ kubeconfig, folder: run });
  output.line(exportLine(cluster));
}

function exportLine(cluster: OwnCluster): string {
  return `export KUBECONFIG=${cluster.folder.kubeconfig}`;
}

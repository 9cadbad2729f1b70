import { runProgram } from '../../cli/cluster/run-program.ts';

/** Kubernetes' command line against one cluster, as its administrator. */
export class Kubectl {
  readonly command: string;
  /** What comes before every parameter. */
  readonly first: readonly string[];
  readonly environment: NodeJS.ProcessEnv;

  constructor(command: readonly string[], kubeconfig: string) {
    const [program = 'kubectl', ...first] = command;
    this.command = program;
    this.first = first;
    this.environment = { ...process.env, KUBECONFIG: kubeconfig };
  }

  run(parameters: readonly string[], input?: string): Promise<string> {
    return runProgram(this.command, [...this.first, ...parameters], {
      environment: this.environment,
      ...(input === undefined ? {} : { input }),
    });
  }

  async apply(manifests: readonly unknown[], namespace?: string): Promise<void> {
    const items = { apiVersion: 'v1', kind: 'List', items: manifests };
    const where = namespace === undefined ? [] : ['--namespace', namespace];
    await this.run(['apply', ...where, '--filename', '-'], JSON.stringify(items));
  }
}

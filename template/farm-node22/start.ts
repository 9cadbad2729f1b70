import type { FunctionContext } from './contract.ts';
import { Doors } from './doors.ts';
import { Health } from './health.ts';
import { Invocations } from './invocations.ts';
import { EXIT, Lifecycle } from './lifecycle.ts';
import { loadFunction } from './load-function.ts';
import { createLog } from './log.ts';
import { createRegistry } from './metrics.ts';
import { Secrets } from './secrets.ts';
import { closeServer, createHttpServer, listen } from './server.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { watchProcess } from './signals.ts';

// The one place of the template that ends the process.
const exit = (code: number): void => {
  process.exit(code);
};

/** Runs the function of this process until it is told to stop. @param freePort called once the function is loaded */
export async function main(freePort: () => Promise<void>): Promise<void> {
  try {
    await start(settingsOfThisProcess(), freePort);
  } catch (error) {
    // Also without usable settings the reason is a JSON line like every other.
    const log = createLog({ level: 'info', base: {}, clean: (line) => line });
    log.error({ err: error }, error instanceof Error ? error.message : 'could not start');
    exit(EXIT.failed);
  }
}

function settingsOfThisProcess(): Settings {
  return readSettings(process.env, {
    args: process.argv.slice(2),
    pid: process.pid,
    workingFolder: process.cwd(),
    templateFolder: import.meta.dirname,
  });
}

async function start(settings: Settings, freePort: () => Promise<void>): Promise<void> {
  const { name, instance, host, graceSeconds } = settings;
  const secrets = new Secrets(settings.secretsFolder);
  const log = createLog({
    level: settings.logLevel,
    base: { name, instance },
    clean: (line) => secrets.blotOut(line),
  });
  const health = new Health();
  const lifecycle = new Lifecycle({ log, health, graceSeconds, exit });
  watchProcess(lifecycle, log, settings.stopWithParent, exit);

  const module = await loadFunction(settings.handlerFile);
  const doors = new Doors(settings, module, () => secrets.read(settings.authSecret));
  const warning = doors.checkStart();
  const context: FunctionContext = Object.freeze({
    name,
    instance,
    env: Object.freeze({ ...process.env }),
    graceSeconds,
    log,
    metrics: createRegistry(),
    secret: (secretName: string) => secrets.read(secretName),
    reportDependency: health.report.bind(health),
  });
  const invocations = new Invocations({ settings, module, context, doors });
  const server = createHttpServer({ context, health, invocations });
  await freePort();
  const port = await listen(server, host, settings.port);

  log.info({ host, port }, 'listening');
  if (warning !== undefined) log.warn({}, warning);
  // A parent that is gone already is none that waits for the message.
  process.send?.({ type: 'listening', port }, undefined, undefined, () => undefined);
  const { run } = module;
  lifecycle.start({
    run: run === undefined ? undefined : (signal) => run(context, signal),
    stopping() {
      invocations.stop();
    },
    async close() {
      await invocations.close();
      await closeServer(server);
    },
  });
}

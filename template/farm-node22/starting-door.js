import { Worker } from 'node:worker_threads';

/**
 * Age of the process at which the door opens. The Community Edition of OpenFaaS asks after 2, 4 and 6 s, and then starts
 * the container anew; but it also sends requests to whoever has answered, so a start of ordinary length answers nothing.
 */
const OPENS_AT_MS = 3000;

/**
 * Answers `/_/health` for a process whose function takes long to load. Loading is most of a second of work for one core,
 * in which the process itself answers nothing: on a node that is short of cores that is too long for OpenFaaS, and
 * starting anew takes as long again. So it is done from a thread, which ends when the process can speak for itself.
 *
 * Resolves when the thread runs, so that loading does not take its share of a scarce core. Opens nothing where nobody can
 * know the port; what is wrong with an address is said when it is checked.
 *
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Promise<() => Promise<void>>} gives the port up
 */
export async function openStartingDoor(env) {
  const { host, port } = addressIn(env);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return () => Promise.resolve();
  const opensAtMs = performance.timeOrigin + OPENS_AT_MS;
  const thread = new Worker(new URL('starting-door-thread.js', import.meta.url), {
    argv: [host, port, opensAtMs],
  });
  // Nothing is lost without it: the port is taken, or the process is about to say why it cannot start.
  thread.on('error', () => undefined);
  await new Promise((resolve) => {
    thread.once('online', resolve);
    thread.once('exit', resolve);
  });
  return async () => {
    await thread.terminate();
  };
}

/**
 * As far as they can be told before anything is checked. An empty value counts as not set; the defaults are those of
 * settings.ts.
 *
 * @param {Readonly<Record<string, string | undefined>>} env
 */
function addressIn(env) {
  const [text = '8080'] = [env['http_port'], env['PORT']].filter((each) => each !== undefined && each !== '');
  const [host = '127.0.0.1'] = [env['HOST']].filter((each) => each !== '');
  return { host, port: Number(text) };
}

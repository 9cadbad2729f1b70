import { createHash, randomBytes } from 'node:crypto';
import type { LoadLedger, LoadRecord, NewLoad } from '../shared/io/redis/load-record.ts';
import { RequestRefused } from '../shared/io/request-refused.ts';
import type { Answer } from '../shared/io/request-refused.ts';
import type { FunctionRequest } from '../template/farm-node22/contract.ts';
import { LoadPlan } from './load-plan.ts';
import type { LoadRunner } from './load-runner.ts';
import { loadSeconds, parseLoadSetting, parseLoadSpec } from './load-spec.ts';
import type { LoadSpec } from './load-spec.ts';
import { parseJson } from './read-task-list.ts';

/** `POST /load` begins a load, `GET /load` tells how far it is, `DELETE /load` stops it. */
export class LoadRequests {
  readonly #ledger: LoadLedger;
  readonly #runner: LoadRunner;

  constructor(ledger: LoadLedger, runner: LoadRunner) {
    this.#ledger = ledger;
    this.#runner = runner;
  }

  async begin(request: FunctionRequest): Promise<Answer> {
    const spec = parseLoadSpec(parseJson(request.body));
    const load = newLoad(spec, '');
    const reply = await this.#ledger.begin(load);
    if (reply.kind !== 'begun') {
      throw new RequestRefused(
        409,
        'a load is running: DELETE /load stops it, GET /load tells how far it is',
      );
    }
    this.#runner.nudge();
    const { run, total } = load;
    const { startedAtSeconds } = reply;
    return { status: 202, body: { run, total, seconds: loadSeconds(spec), startedAtSeconds } };
  }

  /**
   * Begins the load of the variable LOAD, once: an emitter that starts again goes on with it, and does not begin it
   * anew when it is done. Another seed makes it another load.
   */
  async beginFromSetting(text: string): Promise<'begun' | 'running' | 'same'> {
    const source = createHash('sha256').update(text).digest('hex');
    const { kind } = await this.#ledger.begin(newLoad(parseLoadSetting(text), source));
    this.#runner.nudge();
    return kind;
  }

  async status(): Promise<Answer> {
    const record = await this.#ledger.read();
    if (record === undefined)
      throw new RequestRefused(404, 'this farm has had no load yet: POST /load begins one');
    return { status: 200, body: view(record) };
  }

  async stop(): Promise<Answer> {
    const stopped = await this.#ledger.stop();
    const record = await this.#ledger.read();
    if (!stopped || record === undefined) throw new RequestRefused(409, 'no load is running');
    return { status: 200, body: view(record) };
  }
}

function newLoad(spec: LoadSpec, source: string): NewLoad {
  const secret = randomBytes(32).toString('base64url');
  const run = randomBytes(8).toString('base64url');
  return { run, source, spec: JSON.stringify(spec), secret, total: new LoadPlan(spec, secret).total };
}

/** Without the secret, which would tell the ids of the tasks. */
function view({ spec: text, ...record }: LoadRecord): object {
  const { run, state, emitted, total, startedAtSeconds, endedAtSeconds } = record;
  // It was checked when the load began.
  const spec = JSON.parse(text) as LoadSpec;
  return { run, state, emitted, total, seconds: loadSeconds(spec), startedAtSeconds, endedAtSeconds, spec };
}

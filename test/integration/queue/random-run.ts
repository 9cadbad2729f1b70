import { DISPATCH_ORDERS } from '../../../shared/farm/dispatch-order.ts';
import type { Answer } from '../../../shared/farm/result.ts';
import type { Lease, TaskId } from '../../../shared/farm/task.ts';
import { Control, StaleFence } from '../../../shared/io/redis/control.ts';
import type { FarmStore } from '../../../shared/io/redis/farm-store.ts';
import { ResultStore } from '../../../shared/io/redis/result-store.ts';
import { withParts } from '../../../shared/io/redis/script.ts';
import { Seat } from '../../../shared/io/redis/seat.ts';
import type { ClaimReply } from '../../../shared/io/redis/seat.ts';
import { Submissions } from '../../../shared/io/redis/submissions.ts';
import { RandomStream } from '../../../shared/workload/random-stream.ts';
import { FaultyStore, Lost } from '../../support/faulty-store.ts';
import { DONE, ERROR, INVALID } from '../../support/queue-farm.ts';
import type { QueueFarm } from '../../support/queue-farm.ts';

/** What must hold at every moment, seen from the keys. Replies one sentence for each thing that does not. */
const CHECK = withParts(`
-- @include base
local wrong, holders = {}, {}
for _, worker in ipairs(call('ZRANGE', P .. 'leases', 0, -1)) do
  local id = call('HGET', P .. 'worker:' .. worker, 'task')
  local task = id and call('HMGET', P .. 'task:' .. id, 'st', 'wk') or {}
  if task[1] ~= 'leased' or task[2] ~= worker then
    wrong[#wrong + 1] = worker .. ' has the lease of ' .. tostring(id) .. ', which is ' .. tostring(task[1])
  end
  if id and holders[id] then wrong[#wrong + 1] = id .. ' is leased twice' end
  if id then holders[id] = true end
end
for _, worker in ipairs(call('ZRANGE', P .. 'workers', 0, -1)) do
  local seat = call('HMGET', P .. 'worker:' .. worker, 'pod', 'drained', 'lease', 'syn')
  if not seat[1] then wrong[#wrong + 1] = worker .. ' is listed and has no seat' end
  if seat[2] and seat[3] then wrong[#wrong + 1] = worker .. ' is drained and was handed a task' end
  local listed = call('ZSCORE', P .. 'leases', worker)
  if (seat[3] and true or false) ~= (listed and true or false) then
    wrong[#wrong + 1] = worker .. ' holds ' .. tostring(seat[3]) .. ', in leases: ' .. tostring(listed)
  end
  if seat[2] and not seat[4] then wrong[#wrong + 1] = worker .. ' is drained without a SYN' end
  local waits = call('ZSCORE', P .. 'waiters', worker)
  if waits and (seat[3] or seat[4]) then wrong[#wrong + 1] = worker .. ' waits with a task or a SYN' end
  for _, element in ipairs(call('LRANGE', P .. 'hand:' .. worker, 0, -1)) do
    local id = string.match(element, '\\n(.*)\\n')
    local task = call('HMGET', P .. 'task:' .. id, 'st', 'wk', 'ok')
    if task[1] ~= 'leased' or task[2] ~= worker or task[3] ~= '0' then
      wrong[#wrong + 1] = worker .. ' has ' .. id .. ' at hand, which is ' .. tostring(task[1]) .. ' by ' .. tostring(task[2])
    end
    if holders[id] then wrong[#wrong + 1] = id .. ' is leased twice' end
    holders[id] = true
    if not seat[3] then wrong[#wrong + 1] = worker .. ' has ' .. id .. ' at hand and does nothing' end
  end
end
for _, worker in ipairs(call('ZRANGE', P .. 'finish', 0, -1)) do
  local seat = call('HMGET', P .. 'worker:' .. worker, 'lease', 'syn')
  if not seat[1] then wrong[#wrong + 1] = worker .. ' finishes nothing' end
  if seat[2] then wrong[#wrong + 1] = worker .. ' finishes for nobody: it has a SYN' end
end
for _, worker in ipairs(call('ZRANGE', P .. 'waiters', 0, -1)) do
  if call('EXISTS', P .. 'worker:' .. worker) == 0 then wrong[#wrong + 1] = worker .. ' waits and is not listed' end
end
return wrong
`);

/** A worker process as far as the queues see it. */
interface Worker {
  readonly seat: Seat;
  /** What it does, and what lies at hand. */
  leases: readonly Lease[];
  synId?: string;
  drained: boolean;
  /** Stands at its inbox. */
  waits: boolean;
}

const FAULTS = { request: 0.03, reply: 0.05, resent: 0.06, kept: 0.05 };
const WORKERS_MOST = 4;

/**
 * One random run of a farm: emitters, workers, collectors and autoscalers that do what they may do in a random order,
 * over a network that loses and repeats, with processes that end anywhere and time that jumps.
 */
export class RandomRun {
  readonly trace: string[] = [];
  readonly #farm: QueueFarm;
  readonly #random: RandomStream;
  readonly #store: FaultyStore;
  readonly #submissions: Submissions;
  readonly #results: ResultStore;
  readonly #control: Control;
  readonly #admitted: TaskId[] = [];
  readonly #inboxes: FarmStore;
  #workers: Worker[] = [];
  #named = 0;
  #fence = 0;

  constructor(farm: QueueFarm, seed: number) {
    this.#farm = farm;
    this.#random = new RandomStream(seed, 'run');
    this.#store = new FaultyStore(farm.store, FAULTS, new RandomStream(seed, 'faults'));
    this.#submissions = new Submissions(this.#store, { maxWaiting: 12, idempotencySeconds: 60 });
    this.#results = new ResultStore(this.#store);
    this.#control = new Control(this.#store);
    this.#inboxes = farm.store;
  }

  /** @returns what went wrong, a sentence each */
  async play(steps: number): Promise<string[]> {
    for (let step = 0; step < steps; step += 1) {
      await this.#step();
      const wrong = await this.#check();
      if (wrong.length > 0) return wrong;
    }
    return this.#end();
  }

  async #step(): Promise<void> {
    const draw = this.#random.unit();
    const name = ACTS.find(({ upTo }) => draw < upTo)?.name ?? 'work';
    this.trace.push(name);
    try {
      await this.#acts[name]();
    } catch (error) {
      if (error instanceof StaleFence) return;
      if (!(error instanceof Lost)) throw error;
      this.trace.push(`  ${error.message}`);
    }
  }

  readonly #acts: Readonly<Record<ActName, () => Promise<void>>> = {
    admit: () => this.#admit(),
    start: () => this.#start(),
    work: () => this.#work(),
    collect: () => this.#collect(),
    pass: () => this.#pass(),
    crash: () => this.#crash(),
    scale: () => this.#scale(),
    withdraw: () => this.#withdraw(),
    deliver: () => this.#store.deliverKept(),
    order: () => this.#order(),
    forget: async () => {
      await this.#farm.store.redis.script('FLUSH');
    },
  };

  async #admit(): Promise<void> {
    const made = Array.from({ length: this.#random.integer(1, 3) }, () => {
      this.#named += 1;
      const again = this.#random.unit() < 0.15 ? this.#pick(this.#admitted) : undefined;
      const key = this.#random.unit() < 0.2 ? `key-${String(this.#random.integer(1, 4))}` : undefined;
      return {
        id: again ?? `task-${String(this.#named)}`,
        ...(key === undefined ? {} : { idempotencyKey: key }),
        type: 'calibrated',
        options: '{}',
        expectedServiceSeconds:
          this.#random.unit() < 0.5 ? this.#random.uniform(0, 0.003) : this.#random.uniform(0.05, 2),
        deadlineSeconds: this.#random.uniform(0.1, 20),
        lost: this.#random.unit() < 0.3 ? ('discard' as const) : ('serve' as const),
      };
    });
    // Lost or not: which of them were admitted shows in the end.
    this.#admitted.push(...made.map(({ id }) => id));
    const replies = await this.#submissions.admit(made);
    this.trace.push(`  ${replies.map(({ kind, id }) => `${id} ${kind}`).join(', ')}`);
  }

  async #start(): Promise<void> {
    if (this.#workers.length >= WORKERS_MOST) return;
    this.#named += 1;
    const id = `worker-${String(this.#named)}`;
    const seat = new Seat({ id, pod: id }, this.#store, this.#inboxes);
    this.#workers.push({ seat, leases: [], drained: false, waits: false });
    await seat.register();
  }

  async #work(): Promise<void> {
    const worker = this.#pick(this.#workers);
    if (worker === undefined) return;
    this.trace.push(`  by ${worker.seat.workerId}`);
    // Mostly the first; another where the answer to that was refused and comes later.
    const lease = this.#random.unit() < 0.8 ? worker.leases[0] : this.#pick(worker.leases);
    if (this.#random.unit() < 0.2) await this.#beat(worker);
    else if (lease) await this.#finish(worker, lease);
    else if (worker.synId !== undefined && !worker.drained) await this.#acknowledge(worker, worker.synId);
    else if (worker.waits || worker.drained) await this.#lookIntoInbox(worker);
    else await this.#take(worker, await worker.seat.claim(this.#random.uniform(0, 3)));
  }

  async #beat(worker: Worker): Promise<void> {
    const beat = await worker.seat.beat(worker.leases[0]);
    if (beat.state === 'unknown') {
      worker.drained = false;
      delete worker.synId;
      await worker.seat.register();
    } else if (beat.state === 'syn' && beat.synId !== undefined) {
      worker.synId = beat.synId;
    } else if (beat.state !== 'drained') {
      worker.drained = false;
      delete worker.synId;
    }
  }

  async #finish(worker: Worker, lease: Lease): Promise<void> {
    const draw = this.#random.unit();
    if (draw < 0.15) {
      // Sent once: whether it arrived or not, the worker is done with the task.
      if (lease === worker.leases[0]) worker.leases = [];
      else worker.leases = worker.leases.filter((other) => other !== lease);
      await worker.seat.handBack(lease);
      return;
    }
    const answer: Answer = draw < 0.3 ? ERROR : draw < 0.4 ? INVALID : DONE;
    const next = this.#random.unit() < 0.6 ? this.#random.uniform(0, 3) : undefined;
    // A worker that gets no reply sends its answer again at its next turn, with another next claim.
    const reply = await worker.seat.answer(lease, answer, next, this.#random.integer(0, 3));
    this.trace.push(`  ${lease.leaseId} ${answer.outcome} ${reply.verdict}`);
    // A worker that asks for nothing more lets go of what lies at hand.
    worker.leases = next === undefined ? [] : worker.leases.filter((other) => other !== lease);
    if (reply.next) await this.#take(worker, reply.next);
  }

  async #acknowledge(worker: Worker, synId: string): Promise<void> {
    if (await worker.seat.acknowledge(synId)) worker.drained = true;
    delete worker.synId;
  }

  /** What a blocking wait would bring, without the wait. */
  async #lookIntoInbox(worker: Worker): Promise<void> {
    const key = this.#inboxes.inboxKey(worker.seat.workerId);
    if ((await this.#inboxes.redis.llen(key)) === 0) {
      // The time is up.
      worker.waits = false;
      return;
    }
    const message = await worker.seat.waitAtInbox(1);
    // The process ends, or the connection breaks, with the message in hand.
    if (this.#random.unit() < 0.1) return;
    await this.#take(worker, message);
  }

  async #take(worker: Worker, reply: ClaimReply): Promise<void> {
    const leases = [
      ...(reply.kind === 'task' ? [reply.lease] : []),
      ...(reply.kind === 'task' || reply.kind === 'busy' ? (reply.atHand ?? []) : []),
    ];
    this.trace.push(`  ${[reply.kind, ...leases.map(({ leaseId }) => leaseId)].join(' ')}`);
    worker.waits = reply.kind === 'none';
    const known = new Set(worker.leases.map(({ leaseId }) => leaseId));
    worker.leases = [...worker.leases, ...leases.filter(({ leaseId }) => !known.has(leaseId))];
    if (reply.kind === 'task') {
      if (worker.drained) throw new Error(`${worker.seat.workerId} is drained and was given a task`);
      if (reply.unconfirmed) await worker.seat.confirm(reply.lease);
    } else if (reply.kind === 'syn') {
      worker.synId = reply.synId;
    } else if (reply.kind === 'resume') {
      worker.drained = false;
      delete worker.synId;
    } else if (reply.kind === 'unknown') {
      worker.drained = false;
      delete worker.synId;
      await worker.seat.register();
    }
  }

  async #collect(): Promise<void> {
    const most = this.#random.integer(1, 5);
    await this.#results.collect('collector', { most, keepSeconds: 1e6, waitSeconds: 1 });
  }

  async #pass(): Promise<void> {
    const seconds = this.#pick([0.3, 1.1, 2, 5.1, 11, 25]) ?? 0;
    this.trace.push(`  ${String(seconds)} s`);
    const wasAnybodyThere = this.#random.unit() >= 0.1;
    await this.#farm.shift(seconds);
    if (!wasAnybodyThere) await this.#farm.store.redis.hset(this.#farm.store.key('reaper'), 'at', 1);
    if (this.#random.unit() < 0.7) await this.#store.tick();
  }

  async #crash(): Promise<void> {
    const worker = this.#pick(this.#workers);
    if (worker === undefined) return;
    this.#workers = this.#workers.filter((other) => other !== worker);
    const draw = this.#random.unit();
    this.trace.push(`  ${worker.seat.workerId}`);
    if (draw < 0.3) await this.#control.workerEnded(worker.seat.workerId, 'crashed');
    else if (draw < 0.5) await worker.seat.leave();
  }

  /** A step of an autoscaler, or of one that has been overtaken, or of one that dies in its middle. */
  async #scale(): Promise<void> {
    const isOvertaken = this.#random.unit() < 0.1;
    if (!isOvertaken) this.#fence += 1;
    const fence = isOvertaken ? this.#fence - 1 : this.#fence;
    const count = this.#random.integer(1, 2);
    if (this.#random.unit() < 0.3) {
      await this.#control.takeBack(fence, count);
      return;
    }
    await this.#control.sendSyn(fence, count, { stepSeconds: 3, staleSeconds: 6 });
    if (this.#random.unit() < 0.3) return;
    const drained = (await this.#control.observe(0)).workers.filter(({ state }) => state === 'drained');
    const removable = await this.#control.beginRemoval(
      fence,
      drained.map(({ id }) => id),
    );
    if (this.#random.unit() < 0.2) {
      await this.#control.dropRemoval(fence, removable);
      return;
    }
    for (const id of removable) await this.#remove(id);
  }

  async #remove(id: string): Promise<void> {
    const worker = this.#workers.find(({ seat }) => seat.workerId === id);
    const task = worker?.leases[0]?.taskId;
    if (task !== undefined) throw new Error(`${id} is to be removed and works on ${task}`);
    this.#workers = this.#workers.filter((other) => other !== worker);
    if (this.#random.unit() < 0.8) await this.#control.workerEnded(id, 'stopped');
  }

  async #withdraw(): Promise<void> {
    const id = this.#pick(this.#admitted);
    if (id === undefined) return;
    const isCancel = this.#random.unit() < 0.5;
    const state = isCancel ? await this.#submissions.cancel(id, 1e6) : await this.#submissions.requeue(id);
    this.trace.push(`  ${isCancel ? 'cancel' : 'requeue'} ${id}: ${String(state)}`);
  }

  /** Somebody configures another order; its process may end in the middle of that. */
  async #order(): Promise<void> {
    const order = this.#pick(DISPATCH_ORDERS);
    if (order !== undefined) await this.#store.configure({ order });
  }

  async #check(): Promise<string[]> {
    return (await this.#farm.store.redis.eval(CHECK, 1, this.#farm.store.prefix)) as string[];
  }

  /** All processes end, the network heals, and one worker and one collector bring everything to its end. */
  async #end(): Promise<string[]> {
    this.trace.push('end');
    const last = new Seat({ id: 'last', pod: 'last' }, this.#farm.store, this.#inboxes);
    for (let round = 0; round < 40; round += 1) {
      await this.#farm.pass(35);
      await last.register();
      for (;;) {
        const reply = await last.claim(0);
        if (reply.kind !== 'task') break;
        await last.answer(reply.lease, DONE);
      }
      await this.#farm.results.collect('last', { most: 1000, keepSeconds: 1e6, waitSeconds: 0 });
      const { held } = await this.#farm.control.observe(0);
      if (held.waiting + held.delayed + held.leased + held.answered === 0) return this.#balance();
    }
    return ['the farm did not come to rest'];
  }

  async #balance(): Promise<string[]> {
    // Tasks that asked to be discarded are listed until their time for it has come, also those that were answered.
    await this.#farm.pass(35);
    const { dropped, duplicated, complaints } = await this.#farm.audit();
    const wrong = [...complaints, ...(await this.#check())];
    if (dropped !== 0) wrong.push(`${String(dropped)} tasks were dropped`);
    if (duplicated !== 0) wrong.push(`${String(duplicated)} Results too many`);
    for (const name of ['leases', 'waiting', 'arrival', 'delayed', 'due', 'discardable', 'answered']) {
      if ((await this.#farm.store.redis.exists(this.#farm.store.key(name))) === 1)
        wrong.push(`${name} is left`);
    }
    for (const id of new Set(this.#admitted)) {
      const state = await this.#farm.stateOf(id);
      if (state !== undefined && state !== 'done' && state !== 'failed' && state !== 'cancelled') {
        wrong.push(`${id} ended as ${state}`);
      }
    }
    return wrong;
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from.length === 0 ? undefined : from[this.#random.integer(0, from.length - 1)];
  }
}

type ActName =
  | 'admit'
  | 'start'
  | 'work'
  | 'collect'
  | 'pass'
  | 'crash'
  | 'scale'
  | 'withdraw'
  | 'deliver'
  | 'forget'
  | 'order';

/** What happens how often; work for the rest. */
const ACTS: readonly { readonly name: ActName; readonly upTo: number }[] = [
  { name: 'order', upTo: 0.01 },
  { name: 'admit', upTo: 0.12 },
  { name: 'start', upTo: 0.18 },
  { name: 'collect', upTo: 0.24 },
  { name: 'pass', upTo: 0.34 },
  { name: 'crash', upTo: 0.37 },
  { name: 'scale', upTo: 0.43 },
  { name: 'withdraw', upTo: 0.48 },
  { name: 'deliver', upTo: 0.52 },
  { name: 'forget', upTo: 0.523 },
];

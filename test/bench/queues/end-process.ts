// One end of a queue in a process of its own, driven over IPC:
//   node end-process.ts <contender> <produce | consume | collect> <redis url>
import { setTimeout as delay } from 'node:timers/promises';
import type { Contender, End, Producer } from './contender.ts';
import { contender } from './contenders.ts';
import { machineMs, payload } from './payload.ts';
import type { Payload } from './payload.ts';
import type { Order, Progress, Report, SendOrder } from './end.ts';

/** How often progress is told. It must cost little beside what is measured. */
const PROGRESS_MS = 20;

const [name = '', role, url = ''] = process.argv.slice(2);
let count = 0;
let lastMs = 0;
let told = 0;
let cpu = process.cpuUsage();
const samplesMs: number[] = [];

function tell(message: Progress | Report): void {
  process.send?.(message);
}

function tick(): void {
  if (told === count) return;
  told = count;
  tell({ kind: 'progress', count, lastMs });
}

function done(): void {
  count += 1;
  lastMs = machineMs();
}

function taken(payload: Payload): void {
  if (!payload.warmUp) samplesMs.push(machineMs() - payload.sentAtMs);
}

function collected(responseMs: number): void {
  samplesMs.push(responseMs);
  done();
}

async function open(chosen: Contender): Promise<End | Producer> {
  if (role === 'produce') return chosen.produce(url);
  if (role === 'consume') return chosen.consume(url, { taken, recorded: done });
  if (chosen.collect === undefined) throw new Error(`${name} collects nothing.`);
  return chosen.collect(url, collected);
}

/** One at a time at an even rate where there is one; as fast as Redis takes batches where there is none. */
async function send(producer: Producer, order: SendOrder): Promise<void> {
  const startedMs = machineMs();
  const make = (size: number): Payload[] =>
    Array.from({ length: size }, () => payload(machineMs(), order.warmUp));
  if (order.perSecond === undefined) {
    for (let left = order.tasks; left > 0; left -= order.batch) {
      await producer.send(make(Math.min(left, order.batch)));
    }
  } else {
    const sent: Promise<void>[] = [];
    for (let index = 0; index < order.tasks; index += 1) {
      const waitMs = startedMs + (index * 1000) / order.perSecond - machineMs();
      if (waitMs > 0) await delay(waitMs);
      sent.push(producer.send(make(1)));
    }
    await Promise.all(sent);
  }
  tell({ kind: 'report', startedMs, samplesMs: [], cpuMicros: 0, count: order.tasks });
}

const end = await open(await contender(name));
const timer = setInterval(tick, PROGRESS_MS);

async function obey(order: Order): Promise<void> {
  switch (order.kind) {
    case 'send':
      await send(end as Producer, order);
      break;
    case 'mark':
      cpu = process.cpuUsage();
      samplesMs.length = 0;
      tell({ kind: 'report', startedMs: machineMs(), samplesMs: [], cpuMicros: 0, count });
      break;
    case 'report': {
      const { user, system } = process.cpuUsage(cpu);
      tell({ kind: 'report', startedMs: 0, samplesMs: [...samplesMs], cpuMicros: user + system, count });
      break;
    }
    case 'stop':
      clearInterval(timer);
      await end.stop();
      process.disconnect();
  }
}

process.on('message', (order) => void obey(order as Order));
process.once('disconnect', () => process.exit());
tell({ kind: 'report', startedMs: machineMs(), samplesMs: [], cpuMicros: 0, count: 0 });

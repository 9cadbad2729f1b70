import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { connectRedis } from '../../../shared/io/redis/connection.ts';
import type { Contender, End } from './contender.ts';
import { machineMs } from './payload.ts';
import type { Payload } from './payload.ts';

/** How long the published farm sleeps where it finds a queue empty. */
const POLL_MS = 100;

/** The published farm's way: pop, and look again after 100 ms where nothing was there. A crash loses the task. */
export const polling: Contender = {
  prepare: async () => undefined,
  produce: async (url) => {
    const redis = open(url);
    return {
      send: async (payloads) => {
        await redis.lpush('worker-queue', ...payloads.map((payload) => JSON.stringify(payload)));
      },
      stop: async () => {
        redis.disconnect();
      },
    };
  },
  consume: async (url, watch) =>
    poll(open(url), 'worker-queue', async (text, redis) => {
      watch.taken(JSON.parse(text) as Payload);
      await redis.lpush('result-queue', text);
      watch.recorded();
    }),
  collect: async (url, collected) =>
    poll(open(url), 'result-queue', async (text, redis) => {
      await redis.lpush('output-queue', text);
      collected(machineMs() - (JSON.parse(text) as Payload).sentAtMs);
    }),
};

function open(url: string): Redis {
  return connectRedis({ url }, (error) => {
    throw error;
  });
}

function poll(redis: Redis, queue: string, act: (text: string, redis: Redis) => Promise<void>): End {
  let over = false;
  const loop = async (): Promise<void> => {
    while (!over) {
      const text = await redis.rpop(queue);
      if (text === null) await delay(POLL_MS);
      else await act(text, redis);
    }
    redis.disconnect();
  };
  const ended = loop();
  return {
    stop: async () => {
      over = true;
      await ended;
    },
  };
}

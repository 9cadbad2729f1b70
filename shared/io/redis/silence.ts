import type { Redis } from 'ioredis';

/** How often a connection is looked at. Twice this is longer than any blocking wait. */
const LOOK_MS = 4000;

/**
 * Gives a connection up on which a command has had no reply for 8 to 12 s: a network that swallows packets closes
 * nothing. ioredis's own `socketTimeout` sets a timer for every command, a tenth of what a command costs its client.
 */
export function giveUpSilent(redis: Redis): void {
  redis.on('connect', () => {
    const stream = redis.stream;
    let read = stream.bytesRead;
    let silentLooks = 0;
    const look = (): void => {
      const isSilent = redis.commandQueue.length > 0 && stream.bytesRead === read;
      read = stream.bytesRead;
      silentLooks = isSilent ? silentLooks + 1 : 0;
      if (silentLooks > 2) stream.destroy(new Error('Redis has not replied for 8 s: connecting anew'));
    };
    // After what has come in meanwhile was read: this process may have been frozen.
    const timer = setInterval(() => setImmediate(look), LOOK_MS).unref();
    stream.once('close', () => {
      clearInterval(timer);
    });
  });
}

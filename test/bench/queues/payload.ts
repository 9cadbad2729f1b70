/** What every queue carries: 400 bytes of JSON. */
export interface Payload {
  /** When the producer sent it, in ms on the machine's monotonic clock. */
  readonly sentAtMs: number;
  /** Sent before the measurement began. */
  readonly warmUp: boolean;
  readonly padding: string;
}

const PAYLOAD_BYTES = 400;

export function payloadText(sentAtMs: number, warmUp: boolean): string {
  const bare = JSON.stringify({ sentAtMs, warmUp, padding: '' } satisfies Payload);
  const padding = 'x'.repeat(PAYLOAD_BYTES - bare.length);
  return JSON.stringify({ sentAtMs, warmUp, padding } satisfies Payload);
}

/** One clock for all processes of this machine, which no clock setting moves. */
export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

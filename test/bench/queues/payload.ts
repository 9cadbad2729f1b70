/** What every queue carries: 400 bytes of JSON. */
export interface Payload {
  /** When the producer sent it, in ms on the machine's monotonic clock. */
  readonly sentAtMs: number;
  /** Sent before the measurement began. */
  readonly warmUp: boolean;
  readonly padding: string;
}

const PAYLOAD_BYTES = 400;
const BARE_BYTES = JSON.stringify({ sentAtMs: 0, warmUp: true, padding: '' } satisfies Payload).length;
const PADDING = 'x'.repeat(PAYLOAD_BYTES);

/** Each contender makes text of it in its own way, at its own cost. */
export function payload(sentAtMs: number, warmUp: boolean): Payload {
  const bytes = BARE_BYTES + String(sentAtMs).length - 1 + (warmUp ? 0 : 1);
  return { sentAtMs, warmUp, padding: PADDING.slice(bytes) };
}

/** One clock for all processes of this machine, which no clock setting moves. */
export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

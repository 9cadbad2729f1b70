import type { WorkerId } from './worker.ts';

/**
 * The drain handshake. The autoscaler sends a SYN to one worker; the worker finishes its task, stops claiming, and
 * answers with an ACK; only then is that very worker removed. A SYN that is not acknowledged in time expires: it was
 * not applied, a later ACK is refused, and the worker goes on working.
 */
export interface Syn {
  readonly version: number;
  readonly kind: 'syn';
  readonly synId: string;
  /** Grows with every step of an autoscaler: a SYN from an older step than the last one seen is refused. */
  readonly fence: number;
  readonly workerId: WorkerId;
  /** Seconds since the epoch on the farm's clock. */
  readonly expiresAtSeconds: number;
}

export interface Ack {
  readonly version: number;
  readonly kind: 'ack';
  readonly synId: string;
  readonly workerId: WorkerId;
  readonly pod: string;
}

/** Takes a SYN back: the worker goes on claiming. */
export interface Resume {
  readonly version: number;
  readonly kind: 'resume';
  readonly workerId: WorkerId;
}

export type ControlMessage = Syn | Ack | Resume;

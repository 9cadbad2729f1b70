/**
 * The drain handshake. The autoscaler sends a SYN to one worker; the worker finishes its task, stops claiming, and
 * answers with an ACK that names the SYN and its pod; only then is that very worker removed. A SYN that is not
 * acknowledged in time expires: it was not applied, a later ACK is refused, and the worker goes on working.
 *
 * What counts stands in the registry; the message in a worker's inbox only saves it the wait until its next heartbeat.
 * In the inbox each message comes with the schema version that wrote it.
 */
export interface Syn {
  readonly kind: 'syn';
  readonly synId: string;
  /** Seconds since the epoch on the farm's clock. */
  readonly expiresAtSeconds: number;
}

/** Takes a SYN back: the worker goes on claiming. */
export interface Resume {
  readonly kind: 'resume';
}

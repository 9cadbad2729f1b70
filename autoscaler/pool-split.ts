/** One Deployment of a pool that has several. */
export interface PoolPart {
  readonly name: string;
  readonly desired: number;
  /** Pods that it has; fewer than desired where some have not been created yet. */
  readonly present: number;
  /** It cannot have more than this. */
  readonly ceiling?: number | undefined;
}

/**
 * Divides a change of the pool among its parts; returns what each is to have. Removal follows the pods: a part loses
 * those of its own that go; what is not there anyway is taken off the parts that lack it, then off the last one. Growth
 * goes to the first part, in the order of the settings, until that has reached its ceiling, then to the next.
 *
 * @param removed pods that go, by part
 */
export function splitChange(
  parts: readonly PoolPart[],
  to: number,
  removed: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const desired = parts.reduce((sum, part) => sum + part.desired, 0);
  return to > desired ? grown(parts, to - desired) : shrunk(parts, desired - to, removed);
}

function grown(parts: readonly PoolPart[], count: number): ReadonlyMap<string, number> {
  const targets = new Map<string, number>();
  let left = count;
  for (const { name, desired, ceiling = Infinity } of parts) {
    const more = Math.min(left, Math.max(0, ceiling - desired));
    targets.set(name, desired + more);
    left -= more;
  }
  return targets;
}

function shrunk(
  parts: readonly PoolPart[],
  count: number,
  removed: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const going = (name: string): number => removed.get(name) ?? 0;
  const targets = new Map(parts.map(({ name, desired }) => [name, Math.max(0, desired - going(name))]));
  let left = count - parts.reduce((sum, { name }) => sum + going(name), 0);
  const takeOff = (name: string, most: number): void => {
    const target = targets.get(name) ?? 0;
    const less = Math.min(left, most, target);
    targets.set(name, target - less);
    left -= less;
  };
  for (const { name, desired, present } of parts) takeOff(name, Math.max(0, desired - present));
  for (const { name } of parts.toReversed()) takeOff(name, Infinity);
  return targets;
}

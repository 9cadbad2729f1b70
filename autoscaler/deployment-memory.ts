import type { ScaleFailure } from '../shared/farm/farm-port.ts';

/** What is remembered of one Deployment from step to step. */
export interface DeploymentMemory {
  /** The last change that was asked for. */
  readonly change?: RequestedChange;
  /** Changes in a row that were found undone, with fewer replicas than had been asked for. */
  readonly undone: number;
  readonly ceiling?: { readonly replicas: number; readonly sinceSeconds: number };
  /** The step that has looked last, and what it noticed. */
  readonly lookedAt?: number;
  readonly notices: readonly ScaleFailure[];
  /** Pods that were removed instead of those that had drained, since the farm began. */
  readonly othersRemoved: number;
}

export interface RequestedChange {
  /** Of the step that asked. */
  readonly fence: number;
  readonly replicas: number;
  /** The API has confirmed it; else nobody knows whether it was ever sent. */
  readonly isConfirmed: boolean;
  /** Pods that it was to remove. */
  readonly removed: readonly string[];
  /** It was found undone, and has been counted. */
  readonly isUndone?: true;
}

export interface DeploymentLook {
  readonly name: string;
  readonly fence: number;
  /** On the farm's clock. */
  readonly atSeconds: number;
  readonly replicas: number;
  readonly pods: readonly string[];
}

export const NOTHING_REMEMBERED: DeploymentMemory = { undone: 0, notices: [], othersRemoved: 0 };

/** A count that was lowered once may be somebody's wish; one that is lowered again as soon as it is raised is a limit. */
const UNDONE_CHANGES = 2;
/** After this long the limit is tried once more: whoever set it may be gone. */
const CEILING_SECONDS = 900;

/** What a step's first look at a Deployment says about what earlier steps asked of it. */
export function lookAt(memory: DeploymentMemory, look: DeploymentLook): DeploymentMemory {
  if (memory.lookedAt === look.fence) return memory;
  const { change } = memory;
  const misplaced = misplacedPods(change, look);
  const isUndone = change?.isConfirmed === true && look.replicas < change.replicas;
  const undone = isUndone ? memory.undone + (change.isUndone === true ? 0 : 1) : 0;
  const isLimit = undone >= UNDONE_CHANGES;
  const ceiling = isLimit
    ? { replicas: look.replicas, sinceSeconds: look.atSeconds }
    : stillHolds(memory, look);
  // Once a change is known to be kept from happening, it has been dealt with.
  const pending = isLimit ? undefined : settled(change, look);
  return {
    ...(pending === undefined ? {} : { change: isUndone ? { ...pending, isUndone } : pending }),
    undone: isLimit ? 0 : undone,
    ...(ceiling === undefined ? {} : { ceiling }),
    lookedAt: look.fence,
    notices: misplaced.map((pod) => otherRemoved(pod, look.name)),
    othersRemoved: memory.othersRemoved + misplaced.length,
  };
}

/** Who was to go is looked at once, as soon as no pod is too many. */
function settled(change: RequestedChange | undefined, look: DeploymentLook): RequestedChange | undefined {
  const isPending = change === undefined || look.pods.length > look.replicas;
  return isPending ? change : { ...change, removed: [] };
}

/** Pods that were to go, and are still there though the Deployment is as small as it was to be. */
function misplacedPods(change: RequestedChange | undefined, look: DeploymentLook): readonly string[] {
  const isCarriedOut = look.replicas === change?.replicas && look.pods.length <= look.replicas;
  if (!isCarriedOut) return [];
  return change.removed.filter((pod) => look.pods.includes(pod));
}

function stillHolds({ ceiling }: DeploymentMemory, look: DeploymentLook): DeploymentMemory['ceiling'] {
  if (ceiling === undefined || look.replicas > ceiling.replicas) return undefined;
  return look.atSeconds - ceiling.sinceSeconds < CEILING_SECONDS ? ceiling : undefined;
}

function otherRemoved(pod: string, deployment: string): ScaleFailure {
  const detail = `Deployment ${deployment}: pod ${pod} had drained and is still there; another one was removed instead, and drains by itself`;
  return { reason: 'otherRemoved', detail };
}

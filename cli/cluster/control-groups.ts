import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PartsMissing } from './parts-missing.ts';

const ROOT = '/sys/fs/cgroup';
const NAME = 'farmhand';

/** Where the kubelet puts its pods: below a group of the cluster's own, so that no other kubelet takes them for its. */
export const CONTROL_GROUP = `/${NAME}`;

/** @throws PartsMissing where control groups cannot be made */
export function makeControlGroup(): void {
  try {
    handOnControllers();
    for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, NAME), { recursive: true });
  } catch (error) {
    throw new PartsMissing(`No control group can be made here. ${String(error)}`);
  }
}

/** In the one hierarchy of version 2, a group has the controllers that its parent hands on. */
function handOnControllers(): void {
  const controllers = join(ROOT, 'cgroup.controllers');
  if (!existsSync(controllers)) return;
  const there = readFileSync(controllers, 'utf8').trim().split(/\s+/);
  writeFileSync(join(ROOT, 'cgroup.subtree_control'), there.map((name) => `+${name}`).join(' '));
}

/** Removes the group with all that pods have left below it; what still has a process in it stays. */
export function removeControlGroup(): void {
  for (const hierarchy of hierarchies()) {
    const group = join(hierarchy, NAME);
    if (existsSync(group)) remove(group);
  }
}

/** One in version 2; one for each controller in version 1. */
function hierarchies(): string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT];
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(ROOT, name));
}

function remove(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) remove(join(group, entry.name));
  }
  try {
    rmdirSync(group);
  } catch {
    // A process that is ending is still in it; an empty group does no harm.
  }
}

import type { Contender } from './contender.ts';

const CONTENDERS = ['farmhand', 'bullmq', 'polling'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

/** Each is loaded where it is used only: what the others import costs this one nothing. */
export async function contender(name: string): Promise<Contender> {
  switch (name) {
    case 'farmhand':
      return (await import('./farmhand.ts')).farmhand;
    case 'bullmq':
      return (await import('./bullmq.ts')).bullmq;
    case 'polling':
      return (await import('./polling.ts')).polling;
    default:
      throw new Error(`Expected one of ${CONTENDERS.join(', ')}, got ${name}.`);
  }
}

/** What an author's endless loop does: nothing else runs in its thread any more, and no signal reaches it. */
export function work(): Promise<never> {
  for (;;) if (performance.now() < 0) return Promise.reject(new Error('never'));
}

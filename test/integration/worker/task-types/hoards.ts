/** Fills the heap of its thread. */
export function work(): Promise<never> {
  const hoard: string[][] = [];
  for (;;) hoard.push(Array.from({ length: 100_000 }, (_, index) => String(index)));
}

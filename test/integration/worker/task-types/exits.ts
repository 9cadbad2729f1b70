/** Code that thinks it owns the process. */
export function work(): Promise<never> {
  process.exit(3);
}

/** Fails each time, with a path of this machine in what it says. */
export function work(): Promise<never> {
  return Promise.reject(new Error(`ENOENT: no such file, open '${import.meta.filename}'\nand a second line`));
}

const LINE_END = '\r\n';

/** Length in bytes of the first command of a stream, as clients write it; undefined where it is not whole yet. */
export function commandLength(stream: Buffer): number | undefined {
  return walk(stream)?.end;
}

/** The words of a whole command. */
export function partsOf(command: Buffer): readonly string[] {
  return walk(command)?.words ?? [];
}

/** An array of bulk strings: `*<count>`, then for each `$<bytes>` and the bytes. */
function walk(stream: Buffer): { readonly end: number; readonly words: readonly string[] } | undefined {
  const head = numberAt(stream, 0);
  if (head === undefined) return undefined;
  const words: string[] = [];
  let at = head.next;
  for (let index = 0; index < head.value; index += 1) {
    const size = numberAt(stream, at);
    if (size === undefined) return undefined;
    const end = size.next + size.value;
    if (stream.length < end + LINE_END.length) return undefined;
    words.push(stream.toString('utf8', size.next, end));
    at = end + LINE_END.length;
  }
  return { end: at, words };
}

/** The number of a line `*3` or `$10`, and where the next line begins. */
function numberAt(stream: Buffer, at: number): { readonly value: number; readonly next: number } | undefined {
  const end = stream.indexOf(LINE_END, at);
  if (end < 0) return undefined;
  return { value: Number(stream.toString('latin1', at + 1, end)), next: end + LINE_END.length };
}

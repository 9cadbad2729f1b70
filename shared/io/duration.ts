const SECONDS_PER: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, '': 1 };

/** `24h`, `1ms`: in the largest unit that has no remainder. */
export function durationText(seconds: number): string {
  const units = ['h', 'm', 's'] as const;
  const unit = units.find(
    (each) => seconds >= (SECONDS_PER[each] ?? 1) && seconds % (SECONDS_PER[each] ?? 1) === 0,
  );
  return unit === undefined
    ? `${String(seconds * 1000)}ms`
    : `${String(seconds / (SECONDS_PER[unit] ?? 1))}${unit}`;
}

/** Reads `800ms`, `5s`, `2m`, `1h`, or a plain number of seconds. Undefined where it is none of these. */
export function durationSeconds(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,12}(?:\.\d{1,12})?)(ms|s|m|h)?$/.exec(text) ?? [];
  const factor = SECONDS_PER[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

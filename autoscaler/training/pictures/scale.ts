/** From a quantity to a place in a picture. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
  readonly label: (value: number) => string;
}

export interface Span {
  readonly low: number;
  readonly high: number;
}

/** @param count about how many ticks */
export function linearScale(values: Span, places: Span, count = 5): Scale {
  const { low, high } = values.high > values.low ? values : { low: values.low, high: values.low + 1 };
  const step = roundStep((high - low) / count);
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + 1e-9 * step; tick += step)
    ticks.push(tick);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return {
    at: (value) => places.low + ((value - low) / (high - low)) * (places.high - places.low),
    ticks,
    label: (value) => value.toFixed(digits),
  };
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const times = [1, 2, 5, 10].find((each) => each * power >= rough - 1e-12) ?? 10;
  return times * power;
}

/** QoS above this is drawn here: all but everything was in time. */
const MOST_QOS = 99.99;
const NINES = [0, 50, 80, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.98];

/** A percentage by what is missing to 100, on a logarithmic scale: from 90 to 99 is as far as from 99 to 99.9. */
export function ninesScale(values: Span, places: Span): Scale {
  const far = (percent: number): number => -Math.log10(100 - Math.min(MOST_QOS, Math.max(0, percent)));
  const [low, high] = [far(values.low), far(values.high)];
  return {
    at: (value) => places.low + ((far(value) - low) / (high - low || 1)) * (places.high - places.low),
    ticks: NINES.filter((tick) => far(tick) >= low - 1e-9 && far(tick) <= high + 1e-9),
    label: (value) => `${String(value)} %`,
  };
}

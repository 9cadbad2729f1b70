/** Text as it may stand in HTML, SVG and their attributes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${String(sign.charCodeAt(0))};`);
}

export type Attributes = Readonly<Record<string, string | number>>;

/** An element of SVG or HTML. The content is markup: text goes through `escaped` first. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escaped(value)}"`,
  );
  return `<${name}${written.join('')}>${content.join('')}</${name}>`;
}

/** A hundredth of a pixel is more than anybody sees. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture as wide as the page lets it be. */
export function picture({ width, height }: Size, title: string, ...content: readonly string[]): string {
  return element(
    'svg',
    { viewBox: `0 0 ${String(width)} ${String(height)}`, role: 'img', 'aria-label': title },
    element('title', {}, escaped(title)),
    ...content,
  );
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escaped(content));
}

export function line(from: readonly [number, number], to: readonly [number, number], kind: string): string {
  return element('line', { x1: from[0], y1: from[1], x2: to[0], y2: to[1], class: kind });
}

/** Through all points. */
export function path(points: readonly (readonly [number, number])[], attributes: Attributes): string {
  const d = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`).join('');
  return element('path', { d, fill: 'none', ...attributes });
}

/** Level from each point to the next, as a pool that changes at one moment. */
export function stairs(points: readonly (readonly [number, number])[], attributes: Attributes): string {
  const corners = points.flatMap(([x, y], index) => {
    const before = points[index - 1];
    return before === undefined ? [[x, y] as const] : [[x, before[1]] as const, [x, y] as const];
  });
  return path(corners, attributes);
}

import type { RandomStream } from '../shared/workload/random-stream.ts';

/** Ridges behind each other, the furthest first. */
const RIDGES = 4;
/** Corners of a ridge: enough for hills, too few for a saw. */
const CORNERS = 9;
const MOST_TREES = 14;

/**
 * A landscape as SVG: sky, sun, hills, trees, and where they stand follows from the stream. Drawn in a square of
 * 100 × 100 that is stretched over the picture.
 */
export function sceneSvg(stream: RandomStream, widthPixels: number, heightPixels: number): string {
  const hue = 190 + Math.floor(stream.unit() * 160);
  const radius = 4 + stream.unit() * 5;
  // Round where the square has become a picture.
  const across = (radius * heightPixels) / widthPixels;
  const sun =
    `<ellipse cx="${at(stream, 10, 90)}" cy="${at(stream, 8, 35)}" rx="${across.toFixed(1)}" ` +
    `ry="${radius.toFixed(1)}" fill="hsl(45,95%,80%)"/>`;
  const ridges = Array.from({ length: RIDGES }, (_none, row) => ridge(stream, row, hue)).join('');
  const trees = Array.from({ length: Math.floor(stream.unit() * MOST_TREES) }, () => tree(stream)).join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(widthPixels)}" height="${String(heightPixels)}" ` +
    'viewBox="0 0 100 100" preserveAspectRatio="none">' +
    '<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">' +
    `<stop offset="0" stop-color="hsl(${String(hue)},60%,45%)"/>` +
    `<stop offset="1" stop-color="hsl(${String((hue + 40) % 360)},70%,85%)"/></linearGradient></defs>` +
    `<rect width="100" height="100" fill="url(#sky)"/>${sun}${ridges}${trees}</svg>`
  );
}

function ridge(stream: RandomStream, row: number, hue: number): string {
  const top = 40 + row * 14;
  const corners = Array.from(
    { length: CORNERS },
    (_none, corner) => `${((corner * 100) / (CORNERS - 1)).toFixed(1)},${at(stream, top - 9, top + 5)}`,
  );
  // What is nearer is darker and greener.
  const green = Math.round(hue + ((110 - hue) * (row + 1)) / RIDGES);
  const fill = `hsl(${String(green)},${String(25 + row * 8)}%,${String(62 - row * 11)}%)`;
  return `<polygon points="0,100 ${corners.join(' ')} 100,100" fill="${fill}"/>`;
}

function tree(stream: RandomStream): string {
  const x = stream.unit() * 100;
  const foot = 86 + stream.unit() * 12;
  const height = 6 + stream.unit() * 10;
  const point = (dx: number, dy: number): string => `${(x + dx).toFixed(1)},${(foot - dy).toFixed(1)}`;
  const crown = [point(-height / 4, height / 5), point(0, height), point(height / 4, height / 5)].join(' ');
  const trunk = `<rect x="${(x - 0.4).toFixed(1)}" y="${(foot - height / 5).toFixed(1)}" width="0.8" height="${(height / 5).toFixed(1)}" fill="hsl(25,40%,22%)"/>`;
  return `${trunk}<polygon points="${crown}" fill="hsl(${String(Math.round(120 + stream.unit() * 30))},40%,20%)"/>`;
}

function at(stream: RandomStream, least: number, most: number): string {
  return (least + stream.unit() * (most - least)).toFixed(1);
}

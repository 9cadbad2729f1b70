import { PICTURE_STYLE } from '../../../autoscaler/training/training-curves.ts';
import { element } from '../../../autoscaler/training/pictures/svg.ts';

/** What the pictures of the report take from their page, for one that stands in a file of its own. */
const STYLE = `${PICTURE_STYLE}
.mark { stroke: #fff; stroke-width: 1.5; } .spread { stroke-width: 1.5; opacity: .55; } .name { font-weight: 600; }
.pools { stroke: #5d6b7c; stroke-width: 1.5; stroke-dasharray: 2 4; } .pool, .arrivals { fill: #5d6b7c; } .arrivals { opacity: .35; }
.planned { stroke: #5d6b7c; stroke-width: 1.5; } .trace { stroke-width: 2; opacity: .9; }`;

/** @param marks what the page would say beside the picture, drawn into it */
export function standingPicture(svg: string, ...marks: readonly string[]): string {
  const paper = element('rect', { class: 'paper', width: '100%', height: '100%' });
  return svg
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replace('>', `>${element('style', {}, STYLE)}${paper}${marks.join('')}`)
    .concat('\n');
}

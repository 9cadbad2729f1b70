import { PICTURE_STYLE } from '../../../autoscaler/training/training-curves.ts';
import { element, text } from '../../../autoscaler/training/pictures/svg.ts';

/** What the pictures of the report take from their page, for one that stands in a file of its own. */
const STYLE = `${PICTURE_STYLE}
.mark { stroke: #fff; stroke-width: 1.5; } .spread { stroke-width: 1.5; opacity: .55; } .name { font-weight: 600; }
.pools { stroke: #5d6b7c; stroke-width: 1.5; stroke-dasharray: 2 4; } .pool, .arrivals { fill: #5d6b7c; } .arrivals { opacity: .35; }
.planned { stroke: #5d6b7c; stroke-width: 1.5; } .trace { stroke-width: 2; opacity: .9; }`;

/** On the line of the second panel's name, where an episode is drawn. */
const LEGEND = { left: 190, baseline: 212, gap: 24, letter: 7 };

/** @param legend what has which colour, where the picture itself does not say so */
export function standingPicture(
  svg: string,
  legend: readonly { readonly policy: string; readonly colour: string }[] = [],
): string {
  let x = LEGEND.left;
  const names = legend.map(({ policy, colour }) => {
    const at = x;
    x += LEGEND.letter * policy.length + LEGEND.gap;
    return text(at, LEGEND.baseline, policy, { style: `fill:${colour}`, class: 'name' });
  });
  const paper = element('rect', { class: 'paper', width: '100%', height: '100%' });
  return svg
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replace('>', `>${element('style', {}, STYLE)}${paper}${names.join('')}`)
    .concat('\n');
}

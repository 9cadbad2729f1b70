/** The machine lacks what a cluster is made of, and it cannot be had from here. Not a fault of the farm. */
export class PartsMissing extends Error {
  override readonly name = 'PartsMissing';
}

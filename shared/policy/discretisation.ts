/** How one quantity is cut: k edges make k + 1 cells; a figure on an edge lies above it. */
export interface CutDimension {
  /** The quantity's name in its schema. */
  readonly name: string;
  /** In the quantity's unit, strictly increasing. */
  readonly edges: readonly number[];
}

/** A cut that is none: names the dimension and what is wrong with it. */
export class InvalidDiscretisation extends Error {
  override readonly name = 'InvalidDiscretisation';
}

/** Cuts a vector of observations into one of finitely many cells, numbered from 0. */
export class Discretisation {
  readonly dimensions: readonly CutDimension[];
  /** How many cells there are. */
  readonly size: number;
  /** Where each dimension stands in the schema's vector. */
  readonly #positions: readonly number[];

  /**
   * @param schemaNames the quantities of the vectors to be cut, in their order; those that are not cut are not looked at
   */
  constructor(dimensions: readonly CutDimension[], schemaNames: readonly string[]) {
    for (const dimension of dimensions) validate(dimension, schemaNames);
    const twice = dimensions.find(
      ({ name }, index) => dimensions.findIndex((d) => d.name === name) !== index,
    );
    if (twice) throw new InvalidDiscretisation(`Expected each quantity once; got ${twice.name} twice.`);
    this.dimensions = dimensions;
    this.size = dimensions.reduce((cells, { edges }) => cells * (edges.length + 1), 1);
    this.#positions = dimensions.map(({ name }) => schemaNames.indexOf(name));
  }

  /** The cell that a vector lies in. */
  cellOf(vector: readonly number[]): number {
    let cell = 0;
    for (const [index, { edges }] of this.dimensions.entries()) {
      cell = cell * (edges.length + 1) + binOf(edges, vector[this.#positions[index] ?? 0] ?? 0);
    }
    return cell;
  }
}

/** How many edges lie at or below a figure. */
function binOf(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function validate({ name, edges }: CutDimension, schemaNames: readonly string[]): void {
  if (!schemaNames.includes(name)) {
    throw new InvalidDiscretisation(`Expected one of ${schemaNames.join(', ')}; got ${name}.`);
  }
  for (const [index, edge] of edges.entries()) {
    const before = edges[index - 1] ?? -Infinity;
    if (Number.isFinite(edge) && edge > before) continue;
    throw new InvalidDiscretisation(
      `Expected the edges of ${name} to be numbers that strictly increase; got ${String(edge)} after ${String(before)}.`,
    );
  }
}

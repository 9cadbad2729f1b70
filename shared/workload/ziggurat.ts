/** Where a ziggurat draws its uniforms and its layer numbers from. */
export interface UniformSource {
  /** Uniform in [0, 1). */
  unit(): number;
  /** Uniform among all 32-bit integers; its low bits choose the layer. */
  bits(): number;
}

/**
 * Standard normal and exponential draws without a logarithm in 98 of 100 cases: an episode takes thousands of them.
 *
 * The ziggurat method (Marsaglia and Tsang 2000, "The ziggurat method for generating random variables"), with one
 * draw for the layer and another for the place in it (Doornik 2005): taking both from one word correlates them.
 * Layers of equal area are stacked under the density; edge[i] is the width of layer i, edge[0] that of a box with the
 * area of the bottom layer and its tail.
 */
export function zigguratNormal(source: UniformSource): number {
  for (;;) {
    const layer = source.bits() & (NORMAL_LAYERS - 1);
    const x = (2 * source.unit() - 1) * (normalEdge[layer] ?? 0);
    if (Math.abs(x) < (normalEdge[layer + 1] ?? 0)) return x;
    if (layer === 0) return x < 0 ? -normalTail(source) : normalTail(source);
    if (underDensity(normalHeight, layer, source.unit()) < Math.exp(-0.5 * x * x)) return x;
  }
}

/** Standard exponential (mean 1). */
export function zigguratExponential(source: UniformSource): number {
  for (;;) {
    const layer = source.bits() & (EXPONENTIAL_LAYERS - 1);
    const x = source.unit() * (exponentialEdge[layer] ?? 0);
    if (x < (exponentialEdge[layer + 1] ?? 0)) return x;
    // An exponential forgets: beyond the last edge it begins anew.
    if (layer === 0) return EXPONENTIAL_TAIL - Math.log(1 - source.unit());
    if (underDensity(exponentialHeight, layer, source.unit()) < Math.exp(-x)) return x;
  }
}

const NORMAL_LAYERS = 128;
/** Where the normal tail begins, and the area of each layer, for 128 layers (Doornik 2005). */
const NORMAL_TAIL = 3.442619855899;
const NORMAL_AREA = 9.91256303526217e-3;

const EXPONENTIAL_LAYERS = 256;
/** Where the exponential tail begins, and the area of each layer, for 256 layers (Marsaglia and Tsang 2000). */
const EXPONENTIAL_TAIL = 7.69711747013104972;
const EXPONENTIAL_AREA = 3.949659822581572e-3;

const normalDensity = (x: number): number => Math.exp(-0.5 * x * x);
const normalEdge = edgesOf(
  { layers: NORMAL_LAYERS, tail: NORMAL_TAIL, area: NORMAL_AREA },
  normalDensity,
  (height) => Math.sqrt(-2 * Math.log(height)),
);
const normalHeight = normalEdge.map(normalDensity);

const exponentialDensity = (x: number): number => Math.exp(-x);
const exponentialEdge = edgesOf(
  { layers: EXPONENTIAL_LAYERS, tail: EXPONENTIAL_TAIL, area: EXPONENTIAL_AREA },
  exponentialDensity,
  (height) => -Math.log(height),
);
const exponentialHeight = exponentialEdge.map(exponentialDensity);

function edgesOf(
  shape: { readonly layers: number; readonly tail: number; readonly area: number },
  density: (x: number) => number,
  inverse: (height: number) => number,
): Float64Array {
  const edges = new Float64Array(shape.layers + 1);
  edges[0] = shape.area / density(shape.tail);
  let edge = shape.tail;
  for (let layer = 1; layer < shape.layers; layer++) {
    edges[layer] = edge;
    edge = inverse(shape.area / edge + density(edge));
  }
  // The top layer ends at the peak.
  edges[shape.layers] = 0;
  return edges;
}

/** A height drawn between the bottom and the top of a layer. */
function underDensity(height: Float64Array, layer: number, unit: number): number {
  const bottom = height[layer] ?? 0;
  return bottom + unit * ((height[layer + 1] ?? 1) - bottom);
}

/** Beyond the last edge, by Marsaglia's method of 1964. */
function normalTail(source: UniformSource): number {
  for (;;) {
    const x = -Math.log(1 - source.unit()) / NORMAL_TAIL;
    const y = -Math.log(1 - source.unit());
    if (2 * y > x * x) return NORMAL_TAIL + x;
  }
}

import { zigguratExponential, zigguratNormal } from './ziggurat.ts';

/**
 * One named, seeded stream of chance.
 *
 * Every source of chance (arrivals, sizes, service noise, start delays, exploration ...) draws from a stream of its
 * own, so that a policy which draws more or less of one thing still meets the same tasks as every other policy.
 *
 * Not for secrets: the whole sequence follows from the seed.
 */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * @param seed an integer, 0 to 2^53 − 1
   * @param name what the stream is for; two names under one seed are unrelated
   */
  constructor(seed: number, name: string) {
    const high = Math.floor(seed / 4294967296);
    // mix is a bijection, so two (seed, name hash) pairs never start in the same state.
    this.#a = mix(seed + GOLDEN_GAMMA);
    this.#b = mix(hashOf(name) ^ mix(high + GOLDEN_GAMMA));
    this.#c = mix(this.#a + this.#b);
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.bits();
  }

  /**
   * Uniform among all signed 32-bit integers. sfc32, the small fast counting generator of PractRand (Doty-Humphrey):
   * period at least 2^32, on average 2^127.
   */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }

  /** Uniform in [0, 1), 32 bits. */
  unit(): number {
    return (this.bits() >>> 0) * TO_UNIT;
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** Uniform among the integers low to high, both included; the bias is below (high − low) / 2^32. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return mean * zigguratExponential(this);
  }

  /** Standard normal. */
  normal(): number {
    return zigguratNormal(this);
  }

  /**
   * Gamma by shape and mean, by squeeze and rejection (Marsaglia and Tsang 2000, "A simple method for generating
   * gamma variables"); a shape below 1 by their boost from shape + 1.
   */
  gamma(shape: number, mean: number): number {
    const scale = mean / shape;
    if (shape >= 1) return scale * this.#standardGamma(shape);
    return scale * this.#standardGamma(shape + 1) * Math.pow(1 - this.unit(), 1 / shape);
  }

  /** Lognormal with mean 1 and the given coefficient of variation; with 0 it is 1, always. */
  lognormal(coefficientOfVariation: number): number {
    const variance = Math.log(1 + coefficientOfVariation * coefficientOfVariation);
    return Math.exp(Math.sqrt(variance) * this.normal() - variance / 2);
  }

  /**
   * Poisson count, by multiplying uniforms (Knuth, TAOCP vol. 2, 3.4.1). A large mean is taken in portions, whose
   * counts add up to a Poisson count again: e^-mean would vanish.
   */
  poisson(mean: number): number {
    let count = 0;
    let left = mean;
    while (left > POISSON_PORTION) {
      count += this.#smallPoisson(POISSON_PORTION);
      left -= POISSON_PORTION;
    }
    return count + this.#smallPoisson(left);
  }

  #smallPoisson(mean: number): number {
    const limit = Math.exp(-mean);
    let count = 0;
    let product = 1 - this.unit();
    while (product > limit) {
      count++;
      product *= 1 - this.unit();
    }
    return count;
  }

  #standardGamma(shape: number): number {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const root = 1 + c * x;
      if (root <= 0) continue;
      const v = root * root * root;
      const u = 1 - this.unit();
      const square = x * x;
      if (u < 1 - 0.0331 * square * square) return d * v;
      if (Math.log(u) < 0.5 * square + d * (1 - v + Math.log(v))) return d * v;
    }
  }
}

/** 2^32 divided by the golden ratio: SplitMix's increment (Steele, Lea and Flood 2014), so that seed 0 is no special case. */
const GOLDEN_GAMMA = 0x9e3779b9;
/** As many as PractRand runs before it trusts three freshly seeded words. */
const WARM_UP_ROUNDS = 15;
const POISSON_PORTION = 30;
const TO_UNIT = 1 / 4294967296;

/** SplitMix's finaliser for 32 bits, a bijection (constants: lowbias32, Wellons 2018, as bettered by TheIronBorn). */
function mix(word: number): number {
  let mixed = word | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}

/** FNV-1a over the name's UTF-16 units. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** Tells the time, in seconds since a fixed moment. A parameter wherever time matters, never a global. */
export type Clock = () => number;

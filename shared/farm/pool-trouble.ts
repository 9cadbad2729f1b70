/**
 * Why whoever runs the workers did not do what it was asked, or did not answer.
 * - `poolAway`: no answer in time, or an error of its own: what was asked may have been done all the same.
 * - `throttled`: it asks to be left alone for a while.
 * - `forbidden`: the credentials are missing, no longer hold, or do not reach that far.
 * - `notFound`: there is no such pool.
 * - `conflict`: the pool is no longer as it was when the step looked.
 * - `poolRefused`: any other refusal.
 */
export type PoolTrouble = 'poolAway' | 'throttled' | 'forbidden' | 'notFound' | 'conflict' | 'poolRefused';

import { parentPort, workerData } from 'node:worker_threads';
import { GradientSlice } from './gradient-slice.ts';
import type { ExploreOrder, GradientOrder, SliceTask } from './gradient-slice.ts';

const slices = (workerData as readonly SliceTask[]).map((task) => new GradientSlice(task));

parentPort?.on('message', (order: ExploreOrder | GradientOrder) => {
  const answers =
    order.kind === 'explore'
      ? slices.map((slice) => slice.explore(order))
      : slices.map((slice) => slice.gradients(order));
  parentPort?.postMessage(answers);
});

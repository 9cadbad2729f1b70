export { work } from '../../../../worker/tasks/calibrated.ts';

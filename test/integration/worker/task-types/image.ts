export { work } from '../../../../worker/tasks/image.ts';

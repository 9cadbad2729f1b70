// Plain JavaScript, and no package: on a node that is short of cores every bit of work delays the first answer to the
// platform, and taking types out is as much of it as all the rest up to there.
import { openStartingDoor } from './starting-door.js';

const closeStartingDoor = await openStartingDoor(process.env);
const { main } = await import('./start.ts');
await main(closeStartingDoor);

import { describe, expect, test } from 'vitest';
import { badInputs } from '../../support/bad-inputs.ts';
import { picture } from '../../support/pictures.ts';
import { imageTask } from '../../support/task-input.ts';
import { work } from '../../../worker/tasks/image.ts';
import { InvalidInput } from '../../../worker/tasks/task-type.ts';

const good = await picture(40, 30).jpeg().toBuffer();

async function workOnGoodPicture(): Promise<void> {
  const { blobs } = await work(imageTask(good));
  expect(Object.keys(blobs)).toEqual(['thumbnail', 'compressed', 'greyscale']);
}

describe('a bad input gets a reason, and the next good one is worked on', () => {
  test.each(badInputs.filter((input) => input.expect === 'invalid'))('$name', async ({ bytes, reason }) => {
    const outcome = await work(imageTask(await bytes())).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(InvalidInput);
    expect((outcome as InvalidInput).message).toMatch(reason);
    await workOnGoodPicture();
  });
});

describe('an odd input is still a picture', () => {
  test.each(badInputs.filter((input) => input.expect === 'ok'))('$name ($reason)', async ({ bytes }) => {
    const { blobs, summary } = await work(imageTask(await bytes()));
    expect(Object.keys(blobs)).toEqual(['thumbnail', 'compressed', 'greyscale']);
    expect(summary).toHaveProperty('metadata.statistics');
    await workOnGoodPicture();
  });
});

test('the corpus holds at least 45 cases, each with its own name', () => {
  expect(badInputs.length).toBeGreaterThanOrEqual(45);
  expect(new Set(badInputs.map((input) => input.name)).size).toBe(badInputs.length);
});

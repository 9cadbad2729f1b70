import { samplePicture, sampleFormats } from '../../../cli/sample-images.ts';
import type { Scenario } from '../scenario.ts';

const PICTURES = 24;

export const scenario: Scenario = {
  name: 'pictures through the door of the emitter: every one has its Result, none is lost or done twice',
  farm: { workers: 2 },
  async run(scene) {
    const pictures = await Promise.all(
      Array.from({ length: PICTURES }, (_, seed) =>
        samplePicture({
          widthPixels: 300 + 40 * seed,
          heightPixels: 400,
          format: sampleFormats[seed % sampleFormats.length] ?? 'jpeg',
          seed,
        }),
      ),
    );
    const submitted = await Promise.all(
      pictures.map((picture, at) =>
        scene.client.submit(
          new Uint8Array(picture),
          new URLSearchParams({ deadline: '120' }),
          `picture-${String(at)}`,
        ),
      ),
    );
    const results = await Promise.all(submitted.map(({ task }) => scene.client.waitForResult(task)));
    const failed = results.filter((result) => result.status !== 'done');
    if (failed.length > 0) throw new Error(`Expected Results of all pictures; got ${JSON.stringify(failed)}`);
    for (const result of results) {
      if (result.status !== 'done') continue;
      for (const name of Object.keys(result.outputs)) await scene.client.output(result.task, name);
    }
    const { admitted } = await scene.accountedFor();
    if (admitted !== PICTURES) throw new Error(`Expected ${PICTURES} tasks; the farm admitted ${admitted}.`);
  },
};

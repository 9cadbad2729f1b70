import { z } from 'zod';
import { ctr } from '../../../cli/cluster/node-parts.ts';
import type { Scenario, Scene } from '../scenario.ts';
import { IMAGES } from '../test-cluster.ts';

const PARTS = ['emitter', 'farm-worker', 'collector', 'autoscaler', 'redis'];
const manifest = z.object({ config: z.object({ digest: z.string() }) });
/** What a variable looks like that was given a secret while the image was built. */
const GIVEN_SECRET = /\w*(password|token|secret|passwd)\w*=\S/i;
const secretList = z.object({
  items: z.array(z.object({ data: z.record(z.string(), z.string()).default({}) })),
});

/** What Linux tells of a container's first process, and the files of its image, without the mounted secrets themselves. */
const INSIDE = String.raw`
tr '\0' '\n' < /proc/1/cmdline; tr '\0' '\n' < /proc/1/environ
for file in /var/openfaas/secrets/* /var/run/farmhand/*; do
  [ -s "$file" ] || continue
  echo "looked for $file"
  grep -rlF --binary-files=text -e "$(cat "$file")" /home /etc /opt /srv /tmp /usr/local/etc /data 2>/dev/null | sed 's/^/holds a secret: /'
done
true
`;

export const scenario: Scenario = {
  name: 'no image, log, process or decision record holds a secret, also when somebody comes with a wrong one',
  farm: { autoscaler: true },
  async run(scene) {
    const secrets = await secretsOf(scene);
    await makeNoise(scene);
    const places = new Map<string, string>([['the decisions of the autoscaler', await decisionsOf(scene)]]);
    for (const part of PARTS) {
      for (const { metadata } of await scene.pods(part)) {
        const { name } = metadata;
        places.set(`the log of ${name}`, await scene.kubectl('logs', name));
        places.set(`the container of ${name}`, await scene.kubectl('exec', name, '--', 'sh', '-c', INSIDE));
        places.set(`the manifest of ${name}`, await scene.kubectl('get', 'pod', name, '-o', 'json'));
      }
    }
    for (const [image, text] of await historiesOf(scene)) places.set(`the history of ${image}`, text);
    const found = [...places].filter(
      ([place, text]) =>
        text.includes('holds a secret') ||
        secrets.some((secret) => text.includes(secret)) ||
        (place.includes('history') && GIVEN_SECRET.test(text)),
    );
    const blind = [...places].filter(
      ([place, text]) => place.includes('container') && !text.includes('looked for'),
    );
    if (blind.length > 0)
      throw new Error(`Expected secrets to look for in ${blind.map(([place]) => place).join(', ')}.`);
    if (found.length > 0) throw new Error(`A secret stands in ${found.map(([place]) => place).join(', ')}.`);
    scene.say(`${secrets.length} secrets looked for in ${places.size} places: found in none`);
  },
};

/** How the images were built, and with which variables; where the container runtime is at hand. */
async function historiesOf({ cluster }: Scene): Promise<ReadonlyMap<string, string>> {
  const histories = new Map<string, string>();
  if (cluster.own === undefined) return histories;
  const { folder } = cluster.own.cluster;
  for (const line of (await ctr(folder, ['images', 'ls'])).split('\n')) {
    const [image = '', , digest = ''] = line.split(/\s+/);
    if (!image.includes(`/${IMAGES.prefix}/farmhand-`)) continue;
    const { config } = manifest.parse(JSON.parse(await ctr(folder, ['content', 'get', digest])));
    histories.set(image, await ctr(folder, ['content', 'get', config.digest]));
  }
  if (histories.size === 0) throw new Error('Expected the images of the functions in the cluster.');
  return histories;
}

/** Every value of every secret of the namespace, as it is and as it is encoded. */
async function secretsOf(scene: Scene): Promise<readonly string[]> {
  const { items } = secretList.parse(JSON.parse(await scene.kubectl('get', 'secrets', '-o', 'json')));
  const encoded = items.flatMap(({ data }) => Object.values(data));
  if (encoded.length < 2) throw new Error('Expected the secrets of Redis and of the doors.');
  return encoded.flatMap((value) => [value, Buffer.from(value, 'base64').toString('utf8')]);
}

/** Requests with the token, without one and with a wrong one, and a step: all that might be logged. */
async function makeNoise(scene: Scene): Promise<void> {
  const { emitterUrl, collectorUrl, autoscalerUrl, token } = scene;
  for (const url of [emitterUrl, collectorUrl, autoscalerUrl]) {
    for (const authorization of [`Bearer ${token}`, `Bearer ${token}x`, undefined]) {
      const headers = authorization === undefined ? {} : { authorization };
      await fetch(`${url}/results?limit=1&token=${authorization === undefined ? token : ''}`, { headers });
    }
  }
  await scene.waitUntil('a decision', async () => (await decisionsOf(scene)).includes('"fence"'));
}

async function decisionsOf({ autoscalerUrl, token }: Scene): Promise<string> {
  const answer = await fetch(autoscalerUrl, { headers: { authorization: `Bearer ${token}` } });
  return answer.text();
}

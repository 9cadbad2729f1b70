/**
 * Who may import whom. Each rule's comment tells whoever breaks it what to do instead; architecture.ts prints it.
 * One way only: farm ← workload ← simulator, farm ← control ← policy, farm ← io; training joins simulator, control
 * and policy; functions → shared; training and cli → everything.
 * @type {import('dependency-cruiser').IForbiddenRuleType[]}
 */
const layers = [
  pureLayer(
    'farm',
    [],
    'It is the vocabulary that everything else speaks: move the needed type or function into it, or pass it in as a parameter.',
  ),
  pureLayer(
    'workload',
    ['farm'],
    'Describe loads by the words of shared/farm only; what plays them (clock, queue) comes in as a parameter or lives in the emitter or the simulator.',
  ),
  pureLayer(
    'control',
    ['farm'],
    'Observations, rewards and guards are arithmetic on snapshots; reading the snapshot belongs behind the Farm port.',
  ),
  pureLayer(
    'policy',
    ['control', 'farm'],
    'A policy maps an observation to an action; files, TensorFlow and the clock stay with the caller.',
  ),
  pureLayer(
    'simulator',
    ['workload', 'farm'],
    'The simulator plays the farm, not its scaler: join it with control and policy in autoscaler/training.',
  ),
  {
    name: 'io-knows-only-the-farm',
    severity: 'error',
    comment:
      'shared/io carries the words of shared/farm over Redis. Move what it needs from elsewhere into shared/farm, or pass it in as a parameter.',
    from: { path: '^shared/io/' },
    to: {
      path: '^(shared|emitter|worker|collector|autoscaler|cli|template|deploy)/',
      pathNot: '^shared/(io|farm)/',
    },
  },
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const programs = [
  {
    name: 'functions-stay-apart',
    severity: 'error',
    comment:
      'Each function is an image of its own. Move what two of them need into shared/ and import it from there.',
    from: { path: '^(emitter|worker|collector|autoscaler)/' },
    to: { path: '^(emitter|worker|collector|autoscaler)/', pathNot: '^$1/' },
  },
  {
    name: 'shared-imports-no-program',
    severity: 'error',
    comment:
      'Programs import shared/, never the other way round. Move the needed part into shared/, or take it as a parameter.',
    from: { path: '^shared/' },
    to: { path: '^(emitter|worker|collector|autoscaler|cli|template|deploy)/' },
  },
  {
    name: 'nobody-imports-training',
    severity: 'error',
    comment:
      'Training is not in the image. Move what live code needs to shared/ or to autoscaler/, and let training import it from there.',
    from: { pathNot: '^(autoscaler/training|cli|test)/' },
    to: { path: '^autoscaler/training/' },
  },
  {
    name: 'nobody-imports-the-command',
    severity: 'error',
    comment:
      'The command wires everything and is imported by nothing. Move the needed part to shared/ or to the program that owns it.',
    from: { pathNot: '^(cli|test)/' },
    to: { path: '^cli/' },
  },
  {
    name: 'live-code-never-simulates',
    severity: 'error',
    comment:
      'The simulator is for training and tests. What both need (dispatch order, deadlines, the Farm port) belongs in shared/farm or shared/workload.',
    from: { path: '^(emitter|worker|collector|autoscaler|template)/', pathNot: '^autoscaler/training/' },
    to: { path: '^shared/simulator/' },
  },
  {
    name: 'template-stands-alone',
    severity: 'error',
    comment:
      'The template is copied out of this repository by faas-cli: it may import its own files and its own packages only. Write the few lines it needs into the template.',
    from: { path: '^template/' },
    to: { path: '^(shared|emitter|worker|collector|autoscaler|cli|deploy|test)/' },
  },
  {
    name: 'functions-take-only-types-from-the-template',
    severity: 'error',
    comment:
      'In an image the template is not at this path; types are stripped, values are not. Use `import type`, and take values from the context that the template passes in.',
    from: { path: '^(emitter|worker|collector|autoscaler)/' },
    to: { path: '^template/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'set-up-needs-nothing',
    severity: 'error',
    comment:
      'This file runs before anything is installed, on an older Node: it may import cli/setup and the modules of Node only.',
    from: { path: '^(cli/farmhand\\.js$|cli/setup/|test/checks/run\\.js$)' },
    to: { pathNot: '^cli/setup/', dependencyTypesNot: ['core', 'type-only', 'type-import'] },
  },
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const doors = [
  door(
    'ioredis',
    '^ioredis$|(^|/)node_modules/ioredis/',
    '^(shared/io|test)/',
    'Talk to Redis through the functions of shared/io; add one there if it is missing.',
  ),
  door(
    'kubernetes',
    '(^|/)(node_modules/)?@kubernetes/client-node',
    '^(autoscaler/kubernetes-client\\.ts$|test/)',
    'Only autoscaler/kubernetes-client.ts talks to Kubernetes; add a function there and import that.',
  ),
  door(
    'sharp',
    '^sharp$|(^|/)node_modules/(sharp|@img)/',
    '^(worker/tasks/image\\.ts$|cli/sample-images\\.ts$|test/)',
    'Only worker/tasks/image.ts decodes images (and cli/sample-images.ts makes some); use the task type instead.',
  ),
  door(
    'tensorflow',
    '(^|/)(node_modules/)?@tensorflow/',
    '^(autoscaler/tensorflow\\.ts$|autoscaler/training/|test/)',
    'Only autoscaler/tensorflow.ts decides with TensorFlow, and only autoscaler/training learns with it; import the former.',
  ),
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const hygiene = [
  {
    name: 'no-cycles',
    severity: 'error',
    comment:
      'Two files that need each other are one file, or need a third one that both import: move the shared part (often a type) there.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'only-tests-import-tests',
    severity: 'error',
    comment:
      'Nothing that ships may lean on test/. Move the helper to the program or to shared/, and let the test import it from there.',
    from: { pathNot: '^test/' },
    to: { path: '^test/' },
  },
  {
    name: 'ships-without-development-packages',
    severity: 'error',
    comment:
      'Images and `npm start` install `dependencies` only. Move the package there in package.json, or use it in test/ only.',
    from: { pathNot: '^test/' },
    to: {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['type-only'],
      // TensorFlow is loaded only where it is there, by the two doors that its own rule names.
      pathNot: '(^|/)node_modules/@(types|tensorflow)/',
    },
  },
  {
    name: 'imports-exist',
    severity: 'error',
    comment: 'The import leads nowhere. Correct the path (with its .ts), or add the package to package.json.',
    from: {},
    // Optional, and loaded only where they are there.
    to: { couldNotResolve: true, pathNot: '^(@tensorflow/|@kubernetes/client-node)' },
  },
  {
    name: 'no-orphans',
    severity: 'error',
    comment:
      'Nothing imports this file and it imports nothing. Remove it, or import it where it was meant to be used.',
    from: {
      orphan: true,
      path: '^(shared|emitter|worker|collector|autoscaler|cli)/',
      pathNot: '(/handler\\.ts|\\.d\\.ts)$|^(cli/main\\.ts|worker/tasks/)',
    },
    to: {},
  },
];

/** Every rule, in the order of the groups above. */
export const rules = [...layers, ...programs, ...doors, ...hygiene];

/**
 * A folder of shared/ that computes and does nothing else: no packages, no modules of Node, only lower pure folders.
 * @param {string} folder
 * @param {string[]} lower the folders that it may import
 * @param {string} instead what to do
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function pureLayer(folder, lower, instead) {
  const allowed = [folder, ...lower];
  const list = allowed.map((each) => `shared/${each}`).join(', ');
  return {
    name: `${folder}-is-pure`,
    severity: 'error',
    comment: `shared/${folder} may import ${list} and nothing else: no package, no module of Node. ${instead}`,
    from: { path: `^shared/${folder}/` },
    to: { pathNot: `^shared/(${allowed.join('|')})/` },
  };
}

/**
 * A heavy library that may be imported in few places only.
 * @param {string} library
 * @param {string} path what its imports look like, installed or not
 * @param {string} allowed from where
 * @param {string} instead what to do
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function door(library, path, allowed, instead) {
  return {
    name: `one-door-to-${library}`,
    severity: 'error',
    comment: instead,
    from: { pathNot: allowed },
    to: { path },
  };
}

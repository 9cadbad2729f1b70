/** What somebody may send to the emitter instead of work. Plain data: the test that drives it owns the server. */
export interface BadRequest {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Raw path and query, sent as it stands. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: no body. `picture` stands for a small good JPEG, so that nothing else can be the fault. */
  readonly body?: { readonly kind: 'picture' } | { readonly kind: 'text'; readonly text: string };
  /** Token to send; absent: the right one. */
  readonly token?: 'none' | 'wrong';
  /** Every status that is a right answer; anything of 500 and above never is. */
  readonly statuses: readonly number[];
  /** The field that the answer must name. */
  readonly names?: string;
  readonly why: string;
}

const picture = { kind: 'picture' } as const;
const jpeg = { 'content-type': 'image/jpeg' };
const json = { 'content-type': 'application/json' };

function withQuery(name: string, query: string, names: string, why: string): BadRequest {
  return {
    name,
    method: 'POST',
    path: `/?${query}`,
    headers: jpeg,
    body: picture,
    statuses: [400],
    names,
    why,
  };
}

function withJson(name: string, text: string, names: string, why: string): BadRequest {
  const body = { kind: 'text', text } as const;
  return { name, method: 'POST', path: '/tasks', headers: json, body, statuses: [400], names, why };
}

const deadlines: readonly BadRequest[] = [
  ['a deadline of nothing', '0', 'would be missed before it begins'],
  ['a negative deadline', '-5', 'lies in the past'],
  ['a deadline that is not a number', 'NaN', 'compares false with everything'],
  ['a deadline beyond every number', '1e309', 'reads as infinity'],
  ['a deadline of a million years', '31556952000000', 'would hold its blob for ever'],
  ['a deadline in words', 'tomorrow', 'needs a calendar'],
  ['an empty deadline', '', 'must not read as zero'],
  ['a deadline of ten thousand digits', '9'.repeat(6_000), 'must neither stall a parser nor be echoed whole'],
].map(([name = '', value = '', why = '']) => withQuery(name, `deadline=${value}`, 'deadline', why));

const options: readonly BadRequest[] = [
  withQuery(
    'an unknown stage',
    'stages=thumbnail,sharpen',
    'stages',
    'a typing error must not do less work in silence',
  ),
  withQuery('no stage at all', 'stages=', 'stages', 'there would be nothing to do'),
  withQuery(
    'a stage twice',
    'stages=thumbnail,thumbnail',
    'stages',
    'would count twice in the expected service time',
  ),
  withQuery('an unknown option', 'sharpen=true', 'sharpen', 'unknown keys are errors'),
  withQuery(
    'a quality above the scale',
    'compression.quality=101',
    'quality',
    'the encoder would throw in the worker',
  ),
  withQuery('a quality in words', 'compression.quality=high', 'quality', 'must be a number'),
  withQuery(
    'a thumbnail of a million pixels a side',
    'thumbnail.width=1000000',
    'width',
    'is a bomb of another kind',
  ),
  withQuery('a thumbnail of no width', 'thumbnail.width=0', 'width', 'is no picture'),
  withQuery('a format that cannot be written', 'compression.format=exe', 'format', 'must be in the list'),
  withQuery('an effort that JPEG lacks', 'compression.effort=3', 'effort', 'would be ignored in silence'),
  withQuery(
    'a key of the prototype',
    'constructor.prototype=yes',
    'constructor',
    'must not reach any object',
  ),
  withQuery(
    'a deadline given twice',
    'deadline=5s&deadline=9s',
    'deadline',
    'which of the two is meant is a guess',
  ),
];

const lists: readonly BadRequest[] = [
  withJson('JSON cut off', '{"tasks": [{"type": "calib', 'body', 'is not JSON'),
  withJson('nothing as JSON', '', 'body', 'is not JSON'),
  withJson('null as the list', 'null', 'body', 'typeof null is object'),
  withJson('a number as the list', '42', 'body', 'has no tasks'),
  withJson('an empty list', '{"tasks": []}', 'tasks', 'a caller that sends nothing has lost something'),
  withJson(
    'a list in an object of another name',
    '{"jobs": [{"type": "calibrated"}]}',
    'body',
    'unknown keys are errors',
  ),
  withJson('null as a task', '{"tasks": [null]}', 'tasks[0]', 'one wrong task is named by its index'),
  withJson('a list as a task', '{"tasks": [[]]}', 'tasks[0]', 'lists are objects too'),
  withJson('a task without a type', '{"tasks": [{}]}', 'tasks[0].type', 'nobody can work on it'),
  withJson(
    'a type that is a path',
    '{"tasks": [{"type": "../../etc/passwd"}]}',
    'tasks[0].type',
    'a type names a file',
  ),
  withJson('a type that is a list', '{"tasks": [{"type": ["image"]}]}', 'tasks[0].type', 'must be text'),
  withJson(
    'a deadline as text',
    taskWith('"deadlineSeconds": "5"'),
    'tasks[0].deadlineSeconds',
    'JSON has numbers',
  ),
  withJson(
    'an infinite deadline',
    taskWith('"deadlineSeconds": 1e999'),
    'tasks[0].deadlineSeconds',
    'JSON can say it',
  ),
  withJson(
    'options that are text',
    '{"tasks": [{"type": "calibrated", "options": "x"}]}',
    'tasks[0].options',
    'must be an object',
  ),
  withJson(
    'a service time of a year',
    '{"tasks": [{"type": "calibrated", "options": {"serviceSeconds": 31557600}}]}',
    'tasks[0].options.serviceSeconds',
    'would occupy a worker for ever',
  ),
  withJson(
    'a negative service time',
    calibrated('-1'),
    'tasks[0].options.serviceSeconds',
    'time goes one way',
  ),
  withJson(
    'a picture that is not base64',
    '{"tasks": [{"type": "image", "input": "%%%"}]}',
    'tasks[0].input',
    'cannot be decoded',
  ),
  withJson(
    'an image task without a picture',
    '{"tasks": [{"type": "image"}]}',
    'tasks[0].input',
    'there is nothing to work on',
  ),
  withJson(
    'one wrong task among good ones',
    `{"tasks": [{"type":"calibrated","options":{"serviceSeconds":1}},{"type":"calibrated","options":{"serviceSeconds":"1"}}]}`,
    'tasks[1].options.serviceSeconds',
    'all or nothing: half a list taken cannot be repeated safely',
  ),
  withJson(
    'nesting ten thousand deep',
    `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    'tasks[0]',
    'must not overflow a stack',
  ),
  withJson(
    'a key that stands twice, the last one wrong',
    taskWith('"lost": "serve", "lost": "maybe"'),
    'tasks[0].lost',
    'the last one counts',
  ),
  withJson(
    'a key of the prototype in JSON',
    taskWith('"__proto__": {"admin": true}'),
    'tasks[0]',
    'must be refused, not merged',
  ),
];

function calibrated(serviceSeconds: string, more = ''): string {
  return `{"tasks": [{"type": "calibrated", "options": {"serviceSeconds": ${serviceSeconds}}${more}}]}`;
}

function taskWith(field: string): string {
  return calibrated('1', `, ${field}`);
}

const tricks: readonly BadRequest[] = [
  {
    name: 'a picture without bytes',
    method: 'POST',
    path: '/',
    headers: jpeg,
    statuses: [400],
    names: 'body',
    why: 'an upload that failed at the sender',
  },
  {
    name: 'words called a picture',
    method: 'POST',
    path: '/',
    headers: jpeg,
    body: { kind: 'text', text: 'these are words' },
    statuses: [400, 415],
    names: 'body',
    why: 'the content type is only a claim',
  },
  {
    name: 'a path that climbs',
    method: 'GET',
    path: '/tasks/../../../../etc/passwd',
    statuses: [400, 404],
    why: 'no path may leave the door',
  },
  {
    name: 'a path that climbs in disguise',
    method: 'GET',
    path: '/tasks/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    statuses: [400, 404],
    why: 'decoded once or twice, it is the same climb',
  },
  {
    name: 'half an escape',
    method: 'GET',
    path: '/tasks/%E0%A4%A',
    statuses: [400, 404],
    why: 'decodeURIComponent throws',
  },
  {
    name: 'a zero byte in a task id',
    method: 'GET',
    path: '/tasks/abc%00def',
    statuses: [400, 404],
    why: 'ends strings in C',
  },
  {
    name: 'a task id with a hash tag',
    method: 'GET',
    path: '/tasks/%7Bother-farm%7D:tasks',
    statuses: [400, 404],
    why: 'would name a key of another farm',
  },
  {
    name: 'a task id of the prototype',
    method: 'GET',
    path: '/tasks/__proto__',
    statuses: [400, 404],
    why: 'lives in every object',
  },
  {
    name: 'a path that is not there',
    method: 'GET',
    path: '/admin',
    statuses: [404],
    why: 'must say what there is',
  },
  {
    name: 'a method that is not there',
    method: 'PUT',
    path: '/',
    headers: jpeg,
    body: picture,
    statuses: [404, 405],
    why: 'must say which are',
  },
  {
    name: 'cancelling a task that never was',
    method: 'DELETE',
    path: '/tasks/no-such-task',
    statuses: [404],
    why: 'must not count as cancelled',
  },
  {
    name: 'an idempotency key of 8 000 characters',
    method: 'POST',
    path: '/',
    headers: { ...jpeg, 'idempotency-key': 'k'.repeat(8_000) },
    body: picture,
    statuses: [400, 431],
    why: 'keys are kept in Redis',
  },
  {
    name: 'a deadline in a header that is no time',
    method: 'POST',
    path: '/',
    headers: { ...jpeg, 'x-farmhand-deadline': 'soon' },
    body: picture,
    statuses: [400],
    names: 'deadline',
    why: 'headers are checked like the query',
  },
  {
    name: 'no token',
    method: 'POST',
    path: '/',
    headers: jpeg,
    body: picture,
    token: 'none',
    statuses: [401],
    why: 'the door is closed',
  },
  {
    name: 'a wrong token',
    method: 'POST',
    path: '/',
    headers: jpeg,
    body: picture,
    token: 'wrong',
    statuses: [401, 403],
    why: 'and stays closed',
  },
];

/** Every request, each with the statuses that are right answers to it. */
export const badRequests: readonly BadRequest[] = [...deadlines, ...options, ...lists, ...tricks];

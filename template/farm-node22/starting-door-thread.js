// Plain JavaScript: taking types out would cost this thread as much as all the rest of it.
import { createServer } from 'node:http';

const [, , host, port, opensAtMs] = process.argv;

const server = createServer((request, response) => {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  if (request.url?.replace(/\?.*/s, '') === '/_/health') {
    response.writeHead(200, headers).end('{"state":"starting"}');
  } else {
    const body = { ready: false, reason: 'starting', error: 'this process is starting' };
    response.writeHead(503, { ...headers, 'retry-after': '1' }).end(JSON.stringify(body));
  }
});
setTimeout(() => server.listen(Number(port), host), Number(opensAtMs) - Date.now());

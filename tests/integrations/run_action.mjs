// Runs a composite action as GitHub's runner does, as far as pglatch's action needs it, with a GitHub of its own: an API
// that keeps comments, and releases to download.
//
//     node run_action.mjs ACTION_FOLDER REQUEST.json
//
// The request: {inputs, event, event_name, sha, workspace, temp, comments: [], api_status, releases: FOLDER,
// has_pglatch: whether one is on the PATH to begin with}. Prints {conclusion, steps: [{name, status, output}],
// uses: [{action, with}], summary, comments, requests}. Steps that are `uses:` are noted, not run.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, requestFile] = process.argv.slice(2);
const request = JSON.parse(readFileSync(requestFile, 'utf8'));
const yaml = createRequire(join(process.env.PGLATCH_NODE_MODULES, 'index.js'))('js-yaml');
const action = yaml.load(readFileSync(join(folder, 'action.yml'), 'utf8'));

const comments = request.comments ?? [];
const requests = [];

function api(method, path, query, body) {
  if (request.api_status) return [request.api_status, { message: 'Resource not accessible by integration' }];
  const list = path.match(/^\/repos\/me\/shop\/issues\/1\/comments$/);
  const one = path.match(/^\/repos\/me\/shop\/issues\/comments\/(\d+)$/);
  if (list && method === 'GET') {
    const [size, page] = [Number(query.get('per_page') ?? 30), Number(query.get('page') ?? 1)];
    return [200, comments.slice((page - 1) * size, page * size)];
  }
  if (list && method === 'POST') {
    comments.push({ id: 1000 + comments.length, body: JSON.parse(body).body, html_url: 'https://github.example/c' });
    return [201, comments.at(-1)];
  }
  const found = one && comments.find((comment) => comment.id === Number(one[1]));
  if (found && method === 'PATCH') {
    found.body = JSON.parse(body).body;
    return [200, found];
  }
  return [404, { message: 'Not Found' }];
}

const server = createServer((message, response) => {
  const url = new URL(message.url, 'http://localhost');
  let body = '';
  message.on('data', (part) => (body += part));
  message.on('end', () => {
    requests.push({ method: message.method, path: url.pathname, authorization: message.headers.authorization ?? '' });
    if (url.pathname.startsWith('/api/')) {
      const [status, answer] = api(message.method, url.pathname.slice(4), url.searchParams, body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } else if (url.pathname.endsWith('/releases/latest')) {
      response.writeHead(302, { location: url.pathname.replace(/latest$/, 'tag/v0.1.0') }).end();
    } else {
      const file = join(request.releases ?? '/nowhere', url.pathname.split('/').at(-1));
      if (url.pathname.includes('/releases/download/v0.1.0/') && existsSync(file)) response.end(readFileSync(file));
      else response.writeHead(404).end();
    }
  });
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const address = `http://127.0.0.1:${server.address().port}`;

const inputs = Object.fromEntries(
  Object.entries(action.inputs).map(([name, input]) => [name, request.inputs?.[name] ?? input.default ?? '']));
const steps = {};
// What is not there is the empty string.
function value(expression) {
  const code = expression.replace(/\b(inputs|steps|github)((?:\.[\w-]+)+)/g, (_, root, names) =>
    `(${names.slice(1).split('.').reduce((text, name) => `${text}?.[${JSON.stringify(name)}]`, root)} ?? '')`);
  return new Function('inputs', 'steps', 'github', `return ${code}`)(inputs, steps, { token: 'a-token' });
}
const filled = (text) => String(text).replace(/\$\{\{(.*?)\}\}/g, (_, expression) => value(expression));
for (const name of Object.keys(inputs)) inputs[name] = filled(inputs[name]);

const temp = mkdtempSync(join(request.temp, 'runner.'));
const event = join(temp, 'event.json');
writeFileSync(event, JSON.stringify(request.event ?? {}));
const result = { conclusion: 'success', steps: [], uses: [], summary: '', comments, requests };
let searchPath = process.env.PATH.split(':');
if (request.has_pglatch === false) searchPath = searchPath.filter((path) => !existsSync(join(path, 'pglatch')));

// Lines NAME=VALUE of GITHUB_OUTPUT.
const pairs = (text) => Object.fromEntries(text.split('\n').filter(Boolean).map((line) => {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}));

async function run(step) {
  const files = Object.fromEntries(['output', 'path', 'summary'].map((name) => [name, join(temp, name)]));
  for (const file of Object.values(files)) writeFileSync(file, '');
  const env = {
    ...process.env, CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_ACTION_PATH: folder, GITHUB_API_URL: `${address}/api`,
    GITHUB_SERVER_URL: address, GITHUB_REPOSITORY: 'me/shop', GITHUB_EVENT_NAME: request.event_name,
    GITHUB_EVENT_PATH: event, GITHUB_SHA: request.sha, GITHUB_OUTPUT: files.output, GITHUB_PATH: files.path,
    GITHUB_STEP_SUMMARY: files.summary, GITHUB_WORKSPACE: request.workspace, RUNNER_TEMP: temp,
    RUNNER_OS: 'Linux', RUNNER_ARCH: 'X64', PATH: searchPath.join(':'),
  };
  for (const [name, text] of Object.entries(step.env ?? {})) env[name] = filled(text);
  // The runner's command for `shell: bash`.
  const script = join(temp, 'step.sh');
  writeFileSync(script, filled(step.run));
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], { cwd: request.workspace, env });
  let output = '';
  child.stdout.on('data', (part) => (output += part));
  child.stderr.on('data', (part) => (output += part));
  const status = await new Promise((ended) => child.on('close', ended));
  if (step.id) steps[step.id] = { outputs: pairs(readFileSync(files.output, 'utf8')) };
  searchPath.unshift(...readFileSync(files.path, 'utf8').split('\n').filter(Boolean));
  result.summary += readFileSync(files.summary, 'utf8');
  result.steps.push({ name: step.name, status, output });
  if (status !== 0) result.conclusion = 'failure';
}

for (const step of action.runs.steps) {
  if (result.conclusion !== 'success' || (step.if && !value(step.if))) continue;
  if (step.uses) {
    const given = Object.fromEntries(Object.entries(step.with ?? {}).map(([name, text]) => [name, filled(text)]));
    result.uses.push({ action: step.uses, with: given });
  } else {
    await run(step);
  }
}
server.close();
console.log(JSON.stringify(result));

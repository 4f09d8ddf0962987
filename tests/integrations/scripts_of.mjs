// Prints the shell scripts in the files of a CI system, as a JSON array of {name, shell, text}.
//
//     node scripts_of.mjs FILE…
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const yaml = createRequire(join(process.env.PGLATCH_NODE_MODULES, 'index.js'))('js-yaml');
const scripts = [];
const add = (file, name, shell, text) => scripts.push({ name: `${file}: ${name}`, shell, text });

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('Jenkinsfile')) {
    for (const [, script] of text.matchAll(/^ *sh '''\n(.*?)'''$/gms)) add(file, 'sh', 'sh', script);
    continue;
  }
  const config = yaml.load(text);
  const jobs = Object.entries(config.jobs ?? {});
  // GitHub: workflows and actions. ${{ }} would be filled in before the shell sees it: the examples have none there.
  for (const step of [...jobs.flatMap(([, job]) => job.steps), ...(config.runs?.steps ?? [])]) {
    if (step.run) add(file, step.name ?? 'run', step.shell ?? 'bash', step.run);
  }
  // Azure.
  for (const step of config.steps ?? []) {
    if (step.bash ?? step.script) add(file, step.displayName, step.bash ? 'bash' : 'sh', step.bash ?? step.script);
  }
  // GitLab: the lines of a job are one script.
  for (const [name, job] of Object.entries(config)) {
    if (job?.script) add(file, name, 'sh', [].concat(job.script).join('\n'));
  }
}
console.log(JSON.stringify(scripts));

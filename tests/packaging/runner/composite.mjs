// Runs a composite action as GitHub's runner does, without a container: GitHub's schema of actions, GitHub's evaluator of
// expressions, real processes. A job is one JSON document on standard input, what became of it one on standard output:
//   {action, workspace, temp, event_name, event, with, env, github, path}
//   {ok, outputs, steps: [{id, name, outcome, conclusion, exit, outputs, seconds}], log, summary, env, path, warnings, problems}
// `uses:` of a step is refused: the action under test has none, and an action that is not here could not be run.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseAction } from '@actions/workflow-parser/actions/action-parser';
import { NoOperationTraceWriter } from '@actions/workflow-parser';
import YAML from 'yaml';
import { holds, interpolate } from './expressions.mjs';
import { lines, pairs } from './files.mjs';

const SHELLS = {
  bash: ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', '{0}'],
  sh: ['sh', '-e', '{0}'],
  python: ['python', '{0}'],
};

const job = JSON.parse(readFileSync(0, 'utf8'));
const files = mkdtempSync(join(job.temp, '_runner_file_commands_'));
const made = (name) => {
  const file = join(files, name);
  writeFileSync(file, '', { flag: 'a' });
  return file;
};

const folder = resolve(job.action);
const file = join(folder, 'action.yml');
const text = readFileSync(file, 'utf8');
const parsed = parseAction({ name: file, content: text }, new NoOperationTraceWriter());
const problems = parsed.context.errors.getErrors().map((error) => error.message);
const action = YAML.parse(text);
if (action.runs?.using !== 'composite') problems.push('not a composite action');
const told = { ok: false, outputs: {}, steps: [], log: '', summary: '', env: {}, path: [], warnings: [], problems };
if (problems.length === 0) run();
process.stdout.write(JSON.stringify(told));

function run() {
  const state = { ok: true };
  const context = contexts();
  for (const name of Object.keys(job.with)) {
    if (!(name in action.inputs)) told.warnings.push(`Unexpected input(s) '${name}'`);
  }
  for (const [name, input] of Object.entries(action.inputs ?? {})) {
    context.inputs[name] = job.with[name] ?? interpolate(input.default, context, true);
  }
  action.runs.steps.forEach((step, index) => perform(step, index, context, state));
  for (const [name, output] of Object.entries(action.outputs ?? {})) {
    told.outputs[name] = interpolate(output.value, context, state.ok);
  }
  told.ok = state.ok;
  told.summary = readFileSync(made('summary'), 'utf8');
  told.env = context.env;
}

function contexts() {
  // Nobody is at the forge's addresses, unless the job names others.
  const github = {
    event: job.event, event_name: job.event_name, workspace: job.workspace, action_path: folder, token: '',
    repository: job.event.repository?.full_name ?? '', server_url: 'https://github.com', run_id: '1', actor: 'octocat',
    api_url: 'http://127.0.0.1:9', graphql_url: 'http://127.0.0.1:9/graphql', run_attempt: '1',
    ref: `refs/pull/${job.event.number}/merge`, sha: '0'.repeat(40),
    base_ref: job.event.pull_request?.base?.ref ?? '', head_ref: job.event.pull_request?.head?.ref ?? '', ...job.github,
  };
  const runner = { os: 'Linux', arch: 'X64', temp: job.temp, tool_cache: join(job.temp, 'tools') };
  return { github, runner, inputs: {}, steps: {}, env: {}, job: { status: 'success' } };
}

function perform(step, index, context, state) {
  const record = { id: step.id ?? '', name: step.name ?? step.id ?? `step ${index + 1}`, outcome: 'skipped',
                   conclusion: 'skipped', exit: null, outputs: {}, seconds: 0 };
  told.steps.push(record);
  if (step.uses) throw new Error(`${record.name}: uses ${step.uses}, which cannot be run here`);
  if (holds(step.if, context, state.ok)) {
    const began = Date.now();
    execute(step, index, context, state, record);
    record.seconds = (Date.now() - began) / 1000;
  }
  if (step.id) context.steps[step.id] = record;
}

function execute(step, index, context, state, record) {
  const fill = (value) => interpolate(value, context, state.ok);
  const script = join(files, `script_${index}`);
  writeFileSync(script, fill(step.run));
  const steering = { GITHUB_OUTPUT: made(`output_${index}`), GITHUB_ENV: made(`env_${index}`),
                     GITHUB_PATH: made(`path_${index}`), GITHUB_STATE: made(`state_${index}`),
                     GITHUB_STEP_SUMMARY: made('summary') };
  const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, fill(value)]));
  const shell = fill(step.shell);
  const [program, ...rest] = (SHELLS[shell] ?? shell.split(' ')).map((part) => part.replace('{0}', script));
  const cwd = step['working-directory'] ? resolve(job.workspace, fill(step['working-directory'])) : job.workspace;
  const environment = { ...job.env, ...context.env, ...own, ...variables(context), ...steering };
  environment.PATH = [...told.path, job.env.PATH].join(':');
  const log = join(files, `log_${index}`);
  const child = spawnSync('sh', ['-c', 'log=$1; shift; exec "$@" > "$log" 2>&1', 'sh', log, program, ...rest],
                          { cwd, env: environment, stdio: 'ignore' });
  told.log += readFileSync(log, 'utf8');
  record.exit = child.status;
  record.outputs = pairs(steering.GITHUB_OUTPUT);
  Object.assign(context.env, pairs(steering.GITHUB_ENV));
  told.path.unshift(...lines(steering.GITHUB_PATH).reverse());
  record.outcome = child.status === 0 ? 'success' : 'failure';
  record.conclusion = step['continue-on-error'] ? 'success' : record.outcome;
  if (record.conclusion === 'failure') state.ok = false;
}

function variables({ github, runner }) {
  const event = join(files, 'event.json');
  writeFileSync(event, JSON.stringify(job.event));
  mkdirSync(runner.tool_cache, { recursive: true });
  const said = Object.entries(github).filter(([name, value]) => typeof value === 'string' && name !== 'token');
  return {
    CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_EVENT_PATH: event,
    ...Object.fromEntries(said.map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value])),
    RUNNER_OS: runner.os, RUNNER_ARCH: runner.arch, RUNNER_TEMP: runner.temp, RUNNER_TOOL_CACHE: runner.tool_cache,
  };
}

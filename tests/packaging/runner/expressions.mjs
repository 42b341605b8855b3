// GitHub's own expression evaluator over plain values.
import { Evaluator, Lexer, Parser, data, wellKnownFunctions } from '@actions/expressions';

const NAMES = ['github', 'inputs', 'steps', 'env', 'runner', 'job', 'matrix', 'needs', 'secrets', 'strategy', 'vars'];

function toData(value) {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  return new data.Dictionary(...Object.entries(value).map(([key, one]) => ({ key, value: toData(one) })));
}

function statusFunctions(ok) {
  const said = { success: ok, failure: !ok, always: true, cancelled: false };
  return Object.entries(said).map(([name, value]) => ({
    name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value),
  }));
}

export function evaluate(source, context, ok) {
  const own = statusFunctions(ok);
  const functions = new Map([...Object.entries(wellKnownFunctions), ...own.map((one) => [one.name, one])]);
  const tree = new Parser(new Lexer(source).lex().tokens, NAMES, own).parse();
  return new Evaluator(tree, toData(context), functions).evaluate();
}

// A scalar of a document with every ${{ }} in it replaced, once: what a value brings is never evaluated again.
export function interpolate(text, context, ok) {
  if (typeof text !== 'string') return String(text ?? '');
  return text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_, source) => evaluate(source.trim(), context, ok).coerceString());
}

export function holds(condition, context, ok) {
  let source = condition === undefined ? 'success()' : String(condition).trim();
  source = source.replace(/^\$\{\{([\s\S]*)\}\}$/, '$1');
  if (!/\b(success|failure|always|cancelled)\s*\(/.test(source)) source = `success() && (${source})`;
  const value = evaluate(source, context, ok);
  return !['', '0', 'false', 'NaN'].includes(value.coerceString());
}

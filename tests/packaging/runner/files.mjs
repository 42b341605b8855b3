// The files by which a step tells its runner something: GITHUB_OUTPUT, GITHUB_ENV and GITHUB_PATH.
import { readFileSync } from 'node:fs';

// NAME=VALUE, or NAME<<END, lines, END; the last one of a name wins, as in GitHub's runner.
export function pairs(file) {
  const said = {};
  const lines = readFileSync(file, 'utf8').split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    const block = /^([^=<]+)<<(.+)$/.exec(line);
    if (block) {
      const value = [];
      while (++at < lines.length && lines[at] !== block[2]) value.push(lines[at]);
      if (at >= lines.length) throw new Error(`no end of the value of ${block[1]}`);
      said[block[1]] = value.join('\n');
    } else if (line.includes('=')) {
      said[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    } else if (line !== '') {
      throw new Error('a line that is no pair');
    }
  }
  return said;
}

export function lines(file) {
  return readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
}

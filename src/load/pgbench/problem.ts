import type { ScriptFile } from './script-files.ts';

export type ProblemCode =
  | 'not-found'
  | 'not-installed'
  | 'options'
  | 'script'
  | 'password'
  | 'no-connection'
  | 'too-many-clients'
  | 'too-few-files'
  | 'not-initialised'
  | 'statement'
  | 'server-gone'
  | 'log-not-writable'
  | 'log-lost'
  | 'interrupted'
  | 'killed'
  | 'unknown';

/** Why a run is no result. `message` is one line: what, where, and after a semicolon what to do. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  /** What pgbench said, passwords taken out, the last lines of it. */
  readonly said: readonly string[];
}

export interface Ending {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Lines on stderr that are not progress. */
  readonly said: readonly string[];
  readonly files: readonly ScriptFile[];
}

type Rule = readonly [RegExp, ProblemCode, (match: RegExpExecArray) => readonly [what: string, hint: string]];

/** In the order in which they are looked for, each in all lines: a cause before what follows from it. */
const rules: readonly Rule[] = [
  [
    /password authentication failed[^\n]*|no password supplied[^\n]*/,
    'password',
    ([said]) => [said, 'give connection.user and connection.password'],
  ],
  [
    /no pg_hba\.conf entry[^\n]*|[Pp]eer authentication failed[^\n]*/,
    'password',
    ([said]) => [said, 'use another host, or let the server take this login'],
  ],
  [
    /need at least (\d+) open files, but system limit is (\d+)/,
    'too-few-files',
    ([, needs, has]) => [
      `${needs} open files are needed and ${has} are allowed`,
      'raise ulimit -n or give fewer clients',
    ],
  ],
  [/[Tt]oo many open files/, 'too-few-files', ([said]) => [said, 'raise ulimit -n or give fewer clients']],
  [
    /(?:too many clients already|remaining connection slots[^\n]*|too many connections for[^\n]*)/,
    'too-many-clients',
    ([said]) => [said, 'give fewer clients or raise max_connections'],
  ],
  [
    /could not open log ?file ("[^\n]*)/,
    'log-not-writable',
    ([, what]) => [`could not open the log ${what}`, 'give log.folder a folder that can be written to'],
  ],
  [
    /error: ((?!client \d)[^\n]+?):(\d+): ([^\n]*?)(?: in command "(\w+)")?\n/,
    'script',
    ([, file, line, what, command]) => [
      `${file}:${line}: ${what}${command === undefined ? '' : ` (\\${command})`}`,
      'correct the script',
    ],
  ],
  [
    /(?:empty command list for script|could not open file|no builtin script found|unterminated)[^\n]*/,
    'script',
    ([said]) => [said, 'correct the script'],
  ],
  [
    /could not count number of branches[^\n]*|relation "pgbench_\w+" does not exist/,
    'not-initialised',
    ([said]) => [said, 'make the tables of pgbench with initialize()'],
  ],
  [
    /(terminating connection due to [^\n]*|server closed the connection unexpectedly|perhaps the backend died while processing|the database system is [^\n]*|connection to (?:the )?server was lost)/,
    'server-gone',
    ([said]) => [`the server went away during the run: ${said}`, 'see its log'],
  ],
  [
    /connection to (?:server|database)[^\n]* failed: ([^\n]*)/,
    'no-connection',
    ([said]) => [
      said.replace(/^.*?connection to /, 'connection to '),
      'see that the server is up and the connection right',
    ],
  ],
  [
    /client \d+ (?:script (\d+) )?aborted in command (\d+)(?: query \d+)?(?: \((\w+)\) of script (\d+))?[:;] ([^\n]*)/,
    'statement',
    ([, script, command, , other, what]) => [
      `script #${script ?? other}, command ${Number(command) + 1}: ${what}`,
      'correct the script; a client ends at such an error',
    ],
  ],
  [
    /(?:invalid option|unrecognized option|invalid variable name)[^\n]*/,
    'options',
    ([said]) => [said, 'see docs/pgbench.md'],
  ],
];

/**
 * Why a run that exited otherwise than with 0 did so. pgbench exits with 1 when it could not begin and with 2 when it was
 * aborted in the middle, and prints a report then as if nothing had happened.
 */
export function problemOf({ exitCode, signal, said, files }: Ending): Problem {
  const problem = (code: ProblemCode, what: string, hint: string): Problem => ({
    code,
    message: `pgbench: ${oneLine(named(what, files))}; ${hint}`,
    said,
  });
  // 13 says fatal for what later ones call an error.
  const text = `${said.join('\n')}\n`.replaceAll('pgbench: fatal:', 'pgbench: error:');
  for (const [pattern, code, says] of rules) {
    // One that never let anybody in did not go away.
    if (code === 'server-gone' && exitCode === 1) continue;
    const match = pattern.exec(text);
    if (match !== null) {
      const [what, hint] = says(match);
      return problem(code, what, hint);
    }
  }
  if (signal === 'SIGINT') return problem('interrupted', 'interrupted', 'what was measured is kept');
  if (signal !== undefined) return problem('killed', `killed by ${signal}`, 'see who did');
  const first = /error: ([^\n]*)/.exec(text)?.[1] ?? said[0];
  return problem(
    'unknown',
    `exited with ${exitCode}${first === undefined ? '' : `: ${first}`}`,
    'see what it said',
  );
}

/** Names of scripts for the numbers and the paths that pgbench knows them by. */
function named(what: string, files: readonly ScriptFile[]): string {
  return files.reduce((text, { name, file, script }, index) => {
    const shown = file === undefined || 'path' in script ? text : text.replaceAll(file, name);
    return shown.replace(new RegExp(`script #${index}\\b`), `script ${name}`);
  }, what);
}

function oneLine(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/^pgbench: (?:error: )?/, '')
    .trim();
}

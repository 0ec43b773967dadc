import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { purposeNames } from '../cluster/doctor/purpose-names.ts';
import { maskUrls } from '../cluster/mask-urls.ts';
import { addLoad } from './main-load.ts';
import { maskTitle } from './mask.ts';
import { on, onOwnToo, percent, positive, whole } from './options.ts';

const packageFile = new URL('../../package.json', import.meta.url);

/** The version of this package. */
export function version(): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;
}

/**
 * Runs the command line and sets the exit code. Each command's code is loaded when it is called, so that `--help`
 * answers at once.
 */
export async function main(args: readonly string[]): Promise<void> {
  maskTitle(args);
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    await program().parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exitCode = await exitCodeFor(error);
  }
}

function program(): Command {
  const root = new Command('pgattest')
    .description('Proves that a PostgreSQL database keeps the promises its design makes.')
    .version(version())
    .showHelpAfterError('(see pgattest --help)')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(maskUrls(text).replace(/^error: /, 'pgattest: ')),
    })
    .addHelpText(
      'after',
      `
Exit codes:
  0    all proved
  1    something refuted
  2    wrong usage or configuration
  3    something unproved, or nothing ran
  4    evidence does not verify
  130  interrupted`,
    );
  addRun(root);
  addRest(root);
  for (const command of root.commands)
    command.exitOverride().showHelpAfterError(`(see pgattest ${command.name()} --help)`);
  return root;
}

function addRun(root: Command): void {
  root
    .command('run')
    .description('start a cluster, load a design, check its claims, write evidence and reports')
    .argument('<design>', 'name of a design (see pgattest list), or the path of a design file')
    .option('--scenario <name>', 'which claims to check', 'pull-request')
    .addOption(onOwnToo())
    .option(
      '--allow-writes <database>',
      'on a server of yours: write to this database, in transactions that are rolled back, and in copies',
    )
    .option('--seed <n>', 'seed of the data', whole, 1)
    .option(
      '--scale <factor>',
      "amount of data; what 1 means is the choice of the design (default: the scenario's)",
      positive,
    )
    .option(
      '--duration <minutes>',
      "how long the checks of load may take (default: the scenario's)",
      positive,
    )
    .option('--only <glob>', 'only claims whose id matches; * stands for anything')
    .option('--runs <folder>', 'where runs are kept', 'reports/runs')
    .option('--json', 'print summary.json instead of the report')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      `
Examples:
  pgattest run saas-gcp
  pgattest run saas-gcp --only 'saas.rls.projects.*'
  pgattest run ./design.ts --on embedded --json > summary.json
  PGPASSWORD=… pgattest run ./design.ts --on postgres://admin@db.example.com/shop --allow-writes shop`,
    )
    .action(async (design: string, options) => (await import('./run.ts')).run(design, options));
}

function addDrill(root: Command): void {
  root
    .command('drill')
    .description(
      'break a cluster of a design under load, bring it back, and judge RPO and RTO; without a name, list the drills',
    )
    .argument('[name]', 'name of a drill')
    .argument('[design]', 'name of a design (see pgattest list), or the path of a design file')
    .addOption(on())
    .option('--seed <n>', 'seed of the data', whole, 1)
    .option('--scale <factor>', 'amount of data (default: 1)', positive)
    .option('--runs <folder>', 'where runs are kept', 'reports/runs')
    .option('--json', 'print summary.json instead of the report')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      `
Examples:
  pgattest drill
  pgattest drill primary-killed saas-gcp
  pgattest drill point-in-time-delete khs --on docker`,
    )
    .action(async (name: string | undefined, design: string | undefined, options) =>
      (await import('./drill.ts')).drill(name, design, options),
    );
}

function addChaos(root: Command): void {
  root
    .command('chaos')
    .description(
      'break a cluster of a design in one way after another under load, as a seed decides, and ask the ledger what was lost',
    )
    .argument('<design>', 'name of a design (see pgattest list), or the path of a design file')
    .addOption(on())
    .option('--seed <n>', 'seed of the faults, and of the data', whole, 1)
    .option('--minutes <n>', 'how long the faults go on, about', positive, 2)
    .option('--steps <steps>', 'these faults instead: action@after,action@after+lasts, in ms; or @file')
    .option('--shrink <tries>', 'where they fail, look for fewer that do, in so many tries', whole, 0)
    .option('--scale <factor>', 'amount of data (default: 1)', positive)
    .option('--runs <folder>', 'where runs are kept', 'reports/runs')
    .option('--json', 'print summary.json instead of the report')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      `
Examples:
  pgattest chaos saas-gcp --seed 7 --minutes 10
  pgattest chaos saas-gcp --seed 7 --minutes 10 --shrink 20
  pgattest chaos saas-gcp --steps 'freeze-and-thaw@300+900,kill-and-fail-over@500'`,
    )
    .action(async (design: string, options) => (await import('./chaos.ts')).chaos(design, options));
}

function addRest(root: Command): void {
  addDrill(root);
  addChaos(root);
  addFill(root);
  root
    .command('list')
    .description('list the designs, or the claims of one')
    .argument('[design]', 'name or path of a design')
    .option('--not-assessed', 'list what its document promises and no check is asked, with the reason')
    .option('--json', 'print as JSON')
    .action(async (design: string | undefined, options) => (await import('./list.ts')).list(design, options));
  root
    .command('defects')
    .description('put each known defect back into a repaired design, and see which claim catches it')
    .argument('<design>', 'name or path of a design, or all for those that come with pgattest')
    .addOption(on())
    .option('--seed <n>', 'seed of the data', whole, 1)
    .option('--scale <factor>', 'amount of data', positive, 1)
    .option('--only <ids>', 'only these defects: 14 or 14a,14b')
    .option('--json', 'print as JSON')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      '\nExit code 1 when a defect survives, or a claim does not hold on the repaired design.',
    )
    .action(async (design: string, options) => (await import('./defects.ts')).defects(design, options));
  root
    .command('mutate')
    .description('change policies, helpers, triggers and grants one by one, and see which claim notices')
    .argument('<design>', 'name or path of a design, or all for those that come with pgattest')
    .addOption(on())
    .option('--seed <n>', 'seed of the data', whole, 1)
    .option('--scale <factor>', 'amount of data', positive, 1)
    .option('--only <glob>', 'only mutants whose id matches; * stands for anything')
    .option('--under <percent>', 'the score that is still good enough', percent, 98)
    .option('--json', 'print as JSON')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      `
Exit code 1 when a score is under --under, or a mutant that is declared equivalent is killed or not there.

Examples:
  pgattest mutate saas-gcp
  pgattest mutate saas-gcp --only 'saas.app.projects.*' --under 100`,
    )
    .action(async (design: string, options) => (await import('./mutate.ts')).mutate(design, options));
  root
    .command('coverage')
    .description(
      'say which conditions of policies and rules the data puts to the test, and make rows for the others',
    )
    .argument('<design>', 'name or path of a design, or all for those that come with pgattest')
    .addOption(on())
    .option('--seed <n>', 'seed of the data', whole, 1)
    .option('--scale <factor>', 'amount of data', positive, 1)
    .option('--only <glob>', 'only tables whose name matches; * stands for anything')
    .option('--boundary', 'make rows for conditions that no row decides')
    .option('--write <file>', 'make them, and write them as SQL for the data plan')
    .option('--json', 'print as JSON')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      '\nExit code 3 when a condition decides nothing and the design does not declare it.',
    )
    .action(async (design: string, options) => (await import('./coverage.ts')).coverage(design, options));
  root
    .command('doctor')
    .description('say which tools and limits are here, what each can prove, and how to get what is missing')
    .argument('[design]', 'a design: which of its claims would stay unproved here')
    .addOption(
      new Option('--for <purpose...>', 'what must be here beside a PostgreSQL').choices(purposeNames),
    )
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nExit code 3 when no PostgreSQL can be used, or something that was asked for is missing.',
    )
    .action(async (design: string | undefined, options) =>
      (await import('./doctor.ts')).doctor({ ...options, ...(design === undefined ? {} : { design }) }),
    );
  root
    .command('report')
    .description('make the reports of a run again from its evidence')
    .argument('<run>', 'id or folder of a run, or latest')
    .option('--format <name>', 'report to print: terminal, summary, junit, html', 'terminal')
    .option('--write <folder>', 'write every report into a folder instead')
    .option('--runs <folder>', 'where runs are kept', 'reports/runs')
    .action(async (name: string, options) => (await import('./report.ts')).report(name, options));
  root
    .command('verify')
    .description('check that the evidence of a run is whole and unchanged')
    .argument('<run>', 'id or folder of a run, or latest')
    .option('--runs <folder>', 'where runs are kept', 'reports/runs')
    .option('--json', 'print as JSON')
    .action(async (name: string, options) => (await import('./verify.ts')).verify(name, options));
  addReview(root);
  addNamed(root);
  addLoad(root);
  root
    .command('clean')
    .description(
      'remove what runs that died have left: processes and folders, never a run that is alive or a named cluster',
    )
    .option('--cache', 'also remove the cached server and data folder, which the next start makes again')
    .option('--json', 'print as JSON')
    .action(async (options) => (await import('./clean.ts')).clean(options));
}

function addFill(root: Command): void {
  root
    .command('fill')
    .description(
      "fill a database with a design's data at scale: several connections, indexes afterwards, resumable",
    )
    .argument('<design>', 'name of a design (see pgattest list), or the path of a design file')
    .addOption(onOwnToo())
    .option(
      '--allow-writes <database>',
      'on a server of yours: fill this database, which must be the one of the URL',
    )
    .option('--seed <n>', 'seed of the data', whole, 1)
    .option('--scale <factor>', 'amount of data; what 1 means is the choice of the design', positive, 1)
    .option('--now <instant>', 'what times of the data are relative to (default: the start)')
    .option(
      '--workers <n>',
      'connections, and threads that make rows (default: one for each core, 2 to 8)',
      whole,
    )
    .option('--resume', 'only go on with a fill that was begun')
    .option('--json', 'print as JSON')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      `
What was loaded stays when a fill is broken off: the same command goes on from there.

Examples:
  pgattest fill saas-gcp --scale 100
  PGPASSWORD=… pgattest fill saas-gcp --scale 1000 --on postgres://admin@db.example.com/big --allow-writes big`,
    )
    .action(async (design: string, options) => (await import('./fill.ts')).fill(design, options));
}

function addNamed(root: Command): void {
  root
    .command('up')
    .description(
      'start a cluster as a design declares it, load the design, and leave it running under a name',
    )
    .argument('<design>', 'name of a design (see pgattest list), or the path of a design file')
    .addOption(on())
    .option('--name <name>', "name of the cluster (default: the design's)")
    .option('--seed <n>', 'seed of the data', whole, 1)
    .option('--scale <factor>', 'amount of data', positive, 1)
    .option('--json', 'print as JSON')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      `
Prints connection strings, with their passwords. A cluster of that name that is up already is left as it is.

Examples:
  pgattest up saas-gcp
  pgattest up saas-gcp --on docker --name demo
  pgattest down saas-gcp`,
    )
    .action(async (design: string, options) => (await import('./up.ts')).up(design, options));
  root
    .command('status')
    .description('ask each server of the named clusters how it is')
    .argument('[name]', 'name of a cluster; all when not given')
    .option('--secrets', 'print passwords')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExit code 3 when something is down, or when there is no cluster of that name.')
    .action(async (name: string | undefined, options) => (await import('./status.ts')).status(name, options));
  root
    .command('down')
    .description('end a named cluster and remove its data')
    .argument('[name]', 'name of a cluster')
    .option('--all', 'every named cluster')
    .option('--json', 'print as JSON')
    .action(async (name: string | undefined, options) => (await import('./down.ts')).down(name, options));
}

function addReview(root: Command): void {
  root
    .command('review')
    .description('say what is wrong with a document, a design or a live database, and what to write instead')
    .argument(
      '<target>',
      'Markdown, text or .sql, run on a scratch server (- reads standard input); a design; postgres://…, read only',
    )
    .addOption(on())
    .addOption(
      new Option('--format <name>', 'what to print')
        .choices(['terminal', 'json', 'sarif'])
        .default('terminal'),
    )
    .option('--from <place>', 'report from this line or heading on; what is before runs too')
    .option('--to <place>', 'report up to this line, or to before this heading')
    .option('--notes', 'print notes too')
    .option('--only <ids>', 'databases and designs: only these checks')
    .option('--skip <ids>', 'databases and designs: not these checks')
    .option('--schema <name...>', 'databases and designs: only these schemas')
    .option('--migrations <folder...>', 'databases: find the lines of findings in these migrations')
    .action(async (target: string, options) => (await import('./review.ts')).review(target, options));
}

/** Prints one line for whatever went wrong, and says which exit code it earns. */
async function exitCodeFor(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { describeError } = await import('./describe-error.ts');
  return describeError(error);
}

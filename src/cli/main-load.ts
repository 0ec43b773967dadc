import { type Command, Option } from 'commander';
import { loadScripts } from '../load/drive/scripts.ts';
import { on, onOwnToo, positive, rate, whole, wholes } from './options.ts';

/** The commands of load and of data at scale. */
export function addLoad(root: Command): void {
  const load = root.command('load').description("drive a design's workload with k6, here or elsewhere");
  load
    .command('drive')
    .description(
      'start a cluster as a design declares it, without replicas, and drive a script of load/ at it',
    )
    .argument('<design>', 'name of a design (see pgattest list), or the path of a design file')
    .addOption(on())
    .addOption(
      new Option('--script <name>', 'what to drive').choices(Object.keys(loadScripts)).default('mix'),
    )
    .option('--mix <name>', "a mix of the design's workload", 'mixed')
    .option(
      '--rate <statements>',
      'statements a second, by the clock; without it as fast as the clients go',
      rate,
    )
    .option('--clients <n>', 'virtual users', whole, 12)
    .option('--seconds <n>', 'how long', whole, 20)
    .option('--warm-up <n>', 'seconds before that, which are not counted', whole, 2)
    .option('--direct', 'past the pooler, straight to the primary')
    .option('--segments <n>', 'generators side by side, each with its part of clients and rate', whole, 1)
    .option('--keep <file>', 'keep the recording, or those of all segments')
    .option('--seed <n>', 'seed of the data', whole, 1)
    .option('--scale <factor>', 'amount of data', positive, 10)
    .option('--json', 'print as JSON')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      `
Scripts:
${Object.entries(loadScripts)
  .map(([name, says]) => `  ${name.padEnd(16)} ${says}`)
  .join('\n')}

Examples:
  pgattest load drive saas-gcp
  pgattest load drive saas-gcp --script noisy-neighbour --mix small --rate 2000`,
    )
    .action(async (design: string, options) => (await import('./load-drive.ts')).loadDrive(design, options));
  addElsewhere(load);
  root
    .command('why')
    .description('say why the statements of a workload are slow, with the fix and what it was measured to do')
    .argument('<design>', 'name of a design (see pgattest list), or the path of a design file')
    .addOption(onOwnToo())
    .option(
      '--allow-writes <database>',
      'on a server of yours: try writes and fixes in transactions that are rolled back',
    )
    .option('--mix <name>', "a mix of the design's workload", 'small')
    .option('--seconds <n>', 'how long the mix is played', whole, 10)
    .option('--pairs <n>', 'measurements for each ratio', whole, 7)
    .option('--pooler', "through the design's pooler too")
    .option('--seed <n>', 'seed of the data', whole, 1)
    .option('--scale <factor>', 'amount of data', positive, 10)
    .option('--json', 'print as JSON')
    .option('--quiet', 'no progress')
    .action(async (design: string, options) => (await import('./why.ts')).why(design, options));
  root
    .command('capacity')
    .description(
      'measure what a workload costs on some cores, and project how much machine its claim would take: no proof',
    )
    .argument('<design>', 'name of a design (see pgattest list), or the path of a design file')
    .addOption(on())
    .option('--mix <name>', "the claim's mix of the design's workload", 'mixed')
    .option('--alone', 'no second mix, which tells costs of reads and writes apart')
    .option('--clients <list>', 'virtual users of the trials', wholes, [1, 2, 4, 8, 16])
    .option('--cores <list>', 'cores that server and pooler are held to', wholes, [1, 2])
    .option('--seconds <n>', 'of each trial', whole, 6)
    .option('--repeats <n>', 'of each trial', whole, 1)
    .option('--reads <n>', "reads a second to project for; without it the design's target", rate)
    .option('--writes <n>', 'and writes', rate)
    .option('--seed <n>', 'seed of the data', whole, 1)
    .option('--scale <factor>', 'amount of data', positive, 10)
    .option('--json', 'print as JSON')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      '\nExit code 3 when what was measured is not fit to project from.\n\nExample:\n  pgattest capacity saas-gcp --clients 4,8,16 --cores 1,2 --seconds 4',
    )
    .action(async (design: string, options) => (await import('./capacity.ts')).capacity(design, options));
  root
    .command('compare')
    .description('say what differs between two runs: verdicts, settings, figures beyond noise')
    .argument('<run>', 'id or folder of a run, or latest')
    .argument('<run>', 'another, the later one')
    .option('--runs <folder>', 'where runs are kept', 'reports/runs')
    .option('--series <folder>', 'where series are kept', 'reports/series')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExit code 1 when the second is worse.')
    .action(async (from: string, to: string, options) =>
      (await import('./compare.ts')).compare(from, to, options),
    );
  for (const command of load.commands)
    command.exitOverride().showHelpAfterError(`(see pgattest load ${command.name()} --help)`);
}

/** Generators on other machines. */
function addElsewhere(load: Command): void {
  load
    .command('manifest')
    .description('write what other machines need to drive it: the k6 operator on Kubernetes, GitHub Actions')
    .argument('<design>', 'name of a design (see pgattest list), or the path of a design file')
    .requiredOption('--write <folder>', 'an empty folder, or one that is not there yet')
    .addOption(
      new Option('--script <name>', 'what to drive').choices(Object.keys(loadScripts)).default('mix'),
    )
    .option('--mix <name>', "a mix of the design's workload", 'mixed')
    .option('--transactions <n>', 'transactions of the deck', whole, 2000)
    .option('--segments <n>', 'generators side by side', whole, 4)
    .option('--rate <statements>', 'statements a second, of all of them together', rate)
    .option('--clients <n>', 'virtual users, of all of them together', whole, 48)
    .option('--seconds <n>', 'how long', whole, 300)
    .option('--seed <n>', 'seed of the data that is there', whole, 1)
    .option('--scale <factor>', 'amount of the data that is there', rate, 10)
    .option('--host <name>', 'where runners connect', 'pgbouncer')
    .option('--port <n>', 'and the port', whole, 6432)
    .option('--database <name>', 'the database, or entry of the pooler', 'pgattest')
    .option('--user <name>', 'as whom', 'app_user')
    .option('--ca <path>', "certificate of the server's authority, a path in the image")
    .option('--image <name>', 'name of the runner image', 'pgattest-k6:latest')
    .option('--namespace <name>', 'of Kubernetes', 'default')
    .option('--secret <name>', 'Secret that holds PGATTEST_PASSWORD', 'pgattest-load')
    .option('--separate', 'runners on nodes of their own')
    .action(async (design: string, options) =>
      (await import('./load-manifest.ts')).loadManifest(design, options),
    );
  load
    .command('merge')
    .description(
      'put recordings of generators that ran side by side together, and judge thresholds over the whole',
    )
    .argument('<recordings...>', 'files')
    .option('--threshold <text...>', 'read.p99<20, reads>=50000, errors<=0, dropped<=0')
    .option('--parts <n>', 'how many there must be', whole)
    .option('--warm-up <seconds>', 'not counted for rates and latency', whole, 0)
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nExit code 1 when a threshold does not hold, 3 when a part is missing or was cut off.',
    )
    .action(async (files: string[], options) => (await import('./load-merge.ts')).loadMerge(files, options));
}

import { exitCodes, verifyRun } from '../evidence/index.ts';
import { reporters } from '../report/index.ts';
import { findRun } from './find-run.ts';
import { version } from './main.ts';
import { print } from './output.ts';

/** `pgattest verify` */
export async function verify(
  name: string,
  options: { readonly runs: string; readonly json?: boolean },
): Promise<void> {
  const folder = await findRun(name, options.runs);
  const result = await verifyRun(folder, { reports: Object.values(reporters), version: version() });
  if (options.json === true) print(JSON.stringify({ folder, ...result }, null, 2));
  else {
    print(`${folder}: ${result.status}${result.digest == null ? '' : `, digest ${result.digest}`}`);
    for (const problem of result.problems) {
      print(`  ${problem.file}${problem.line === undefined ? '' : `:${problem.line}`}: ${problem.says}`);
    }
  }
  if (options.json !== true) for (const note of result.notes) print(`  note: ${note}`);
  process.exitCode = result.status === 'intact' ? 0 : exitCodes.unverified;
}

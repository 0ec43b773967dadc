import type { On } from '../cluster/binaries.ts';
import { startCluster } from '../cluster/cluster.ts';
import { ConfigError } from '../design/config-error.ts';
import { loadParser } from '../findings/tree.ts';
import { type Document, readBlocks } from './blocks.ts';
import { checkCode } from './code.ts';
import { databaseName } from './database-name.ts';
import { documentFindings } from './findings/document.ts';
import { liveFindings } from './findings/index.ts';
import { type Finding, type Review, reviewSchema } from './model.ts';
import { runPass } from './pass.ts';
import { type Fate, repairAll } from './repair.ts';
import { assemble } from './report.ts';
import { defaultLimits, type Limits, Scratch } from './scratch.ts';
import { type Step, stepsOf } from './script.ts';
import { readSection, type Section } from './section.ts';
import { checkSettings } from './settings.ts';
import { type Statement, statementsOf } from './statements.ts';

export interface ReviewOptions {
  readonly on: On;
  /** For the evidence of the report. */
  readonly version: string;
  /** A line number or a heading: what is before runs, and is not reported. */
  readonly from?: string;
  readonly to?: string;
  readonly limits?: Limits;
  readonly signal?: AbortSignal;
}

/**
 * Reviews a document: runs its SQL on a scratch cluster as written and with known repairs, checks its settings against
 * that server and its other code with parsers, and looks at what loaded. Throws ConfigError when it holds nothing to
 * review, ClusterError when there is no server for it.
 */
export async function review(name: string, text: string, options: ReviewOptions): Promise<Review> {
  const { on, limits = defaultLimits, signal, version } = options;
  await loadParser();
  const document = readBlocks(name, text);
  const section = readSection(document, name, options);
  const steps = stepsOf(readStatements(document));
  if (steps.length === 0)
    throw new ConfigError(name, 'holds no SQL', 'put it in fenced blocks, or give a .sql file');
  const cluster = await startCluster({
    on,
    // A library of contrib that a design may only use when it was loaded at the start; temporary files are bounded.
    settings: { shared_preload_libraries: 'pg_stat_statements', temp_file_limit: '1GB', max_wal_size: '1GB' },
    throwaway: true,
    ...(signal === undefined ? {} : { signal }),
  });
  const abort = () => void cluster.close();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const database = databaseName(steps);
    const found: Finding[] = [];
    const start = Date.now();
    let passes = 0;
    const { fates } = await repairAll(
      steps,
      async (work) => {
        signal?.throwIfAborted();
        const deadline = start + (passes++ === 0 ? limits.totalMs / 2 : limits.totalMs);
        const scratch = await Scratch.open(cluster, database, limits);
        try {
          return await work(scratch, (each) =>
            runPass(scratch, each, { ...limits, deadline, ...(signal === undefined ? {} : { signal }) }),
          );
        } finally {
          await scratch.close();
        }
      },
      async (scratch, repaired) => {
        found.push(...(await liveFindings(scratch.query, repaired)));
        found.push(...(await checkSettings(document, steps, text, scratch.query)));
      },
    );
    found.push(...documentFindings(document, steps), ...(await checkCode(document, cluster.host)));
    return report({
      name,
      text,
      document,
      section,
      steps,
      fates,
      found,
      version,
      cluster: cluster.facts.server,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    await cluster.close();
  }
}

/** A design has hundreds of statements. More than this is data, and its report would be longer than it. */
const mostStatements = 100_000;

function readStatements({ blocks }: Document): readonly Statement[] {
  const statements: Statement[] = [];
  for (const block of blocks) {
    if (block.language !== 'sql') continue;
    for (const statement of statementsOf(block, mostStatements - statements.length))
      statements.push(statement);
  }
  return statements;
}

function notesOf(section: Section, steps: readonly Step[], fates: readonly Fate[]): string[] {
  const late = fates.filter(
    ({ asWritten }) => asWritten.status === 'not run' && asWritten.late === true,
  ).length;
  return [
    ...(section.note === undefined ? [] : [section.note]),
    ...(late === 0 ? [] : [`${late} statements were not run: the time of the review was up`]),
    ...(steps.length < mostStatements
      ? []
      : [`${mostStatements} statements are read, up to line ${steps.at(-1)?.endLine}; the rest is not`]),
  ];
}

function report(of: {
  readonly name: string;
  readonly text: string;
  readonly document: Document;
  readonly section: Section;
  readonly steps: readonly Step[];
  readonly fates: readonly Fate[];
  readonly found: readonly Finding[];
  readonly version: string;
  readonly cluster: string;
}): Review {
  const { name, text, section } = of;
  return {
    schema: reviewSchema,
    tool: { name: 'pgattest', version: of.version },
    document: { name, bytes: Buffer.byteLength(text), lines: text.split('\n').length },
    server: of.cluster,
    notes: notesOf(section, of.steps, of.fates),
    ...assemble(of),
  };
}

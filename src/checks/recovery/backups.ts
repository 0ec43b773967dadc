import { z } from 'zod';
import { ClusterError } from '../../cluster/error.ts';
import { faults } from '../../faults/index.ts';
import { FaultSpec } from '../../faults/spec.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { specFaults } from '../structure/behaviour/steps/spec-faults.ts';
import { around } from '../topology/around.ts';
import { Notes } from '../topology/notes.ts';
import { byArchive } from './backups/by-archive.ts';
import { byScripts } from './backups/by-scripts.ts';

const shell = z.string().min(1);

const parameters = z
  .strictObject({
    kind: z.string(),
    /** `archive`: physical backups beside the archive of WAL. `scripts`: the design's own. */
    method: z.enum(['archive', 'scripts']),
    /**
     * Scripts in bash, run as the superuser's clients are (PGHOST, PGPORT, PGUSER, PGDATABASE) in a folder that has the design's files below
     * `config/`. `restore` has a new server before it that is empty, and makes the database of PGDATABASE there.
     */
    backup: shell.optional(),
    restore: shell.optional(),
    /** Counterexamples beside the check's own: what the design's files must not lack. */
    without: z.array(FaultSpec).default([]),
  })
  .refine(
    ({ method, backup, restore }) =>
      (method === 'scripts') === (backup !== undefined && restore !== undefined),
    {
      message: 'method scripts needs backup and restore, and no other takes them',
    },
  )
  .refine(({ method, without }) => method === 'archive' || without.length > 0, {
    message: 'method scripts needs without: what must not be missing of them',
  });
export type Parameters = z.infer<typeof parameters>;

/** Backups are made, are whole, and bring everything back on a server of its own: rows, and who may do what with them. */
export const recoveryBackups = defineCheck({
  kind: 'recovery.backups',
  family: 'recovery',
  says: 'a backup is made, verified, and restored beside the database: every page and index is whole there, every table holds the same rows, and roles, policies and privileges are the same',
  parameters,
  needs: ['superuser', 'faults'],
  needsFor: ({ method }) => (method === 'archive' ? ['archive'] : []),
  isolation: 'own',
  // Nobody reads from the replicas, and nobody comes through the pooler.
  around: ({ archive, synchronous: _, pooler: __, ...wish }) => ({
    ...wish,
    replicas: 0,
    ...(archive === undefined ? {} : { archive }),
  }),
  tables: () => [],
  run: runBackups,
  faults: (_, { method, without }) => [
    ...(method === 'archive'
      ? [
          faults['primary-setting'](
            'archive_command',
            'true',
            'the archive lies: it says yes and stores nothing',
          ),
          faults['block-damaged'](),
        ]
      : []),
    ...specFaults(without),
  ],
});

async function* runBackups(
  context: CheckContext,
  given: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const notes = new Notes();
  const { cluster } = around(context);
  const [row] = await context.session.query('SELECT current_database() AS name');
  const scene = { cluster, context, notes, database: String(row?.name) };
  try {
    yield* given.method === 'archive' ? byArchive(scene) : byScripts(scene, given);
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code === 'not-able') throw error;
    yield* notes.see(
      {
        subject: 'backup',
        way: 'made and restored',
        statement: '',
        expected: 'no error',
        actual: error.message,
      },
      false,
      'backup',
    );
  }
  return judge(notes.breaches, []);
}

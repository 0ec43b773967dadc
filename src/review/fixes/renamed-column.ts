import { missingObject } from '../missing.ts';
import { type Fix, replacing } from './fix.ts';

/** Columns of system views by names that they never had, or no longer have. */
const names: readonly { readonly view: string; readonly columns: Readonly<Record<string, string>> }[] = [
  { view: 'pg_stat_user_indexes', columns: { tablename: 'relname', indexname: 'indexrelname' } },
  { view: 'pg_stat_all_indexes', columns: { tablename: 'relname', indexname: 'indexrelname' } },
  { view: 'pg_statio_user_indexes', columns: { tablename: 'relname', indexname: 'indexrelname' } },
  { view: 'pg_stat_user_tables', columns: { tablename: 'relname', table_name: 'relname' } },
  { view: 'pg_stat_all_tables', columns: { tablename: 'relname', table_name: 'relname' } },
  { view: 'pg_statio_user_tables', columns: { tablename: 'relname', table_name: 'relname' } },
  {
    view: 'pg_stat_statements',
    columns: {
      total_time: 'total_exec_time',
      min_time: 'min_exec_time',
      max_time: 'max_exec_time',
      mean_time: 'mean_exec_time',
      stddev_time: 'stddev_exec_time',
    },
  },
  {
    view: 'pg_stat_activity',
    columns: { procpid: 'pid', current_query: 'query', waiting: 'wait_event IS NOT NULL' },
  },
  {
    view: 'pg_stat_replication',
    columns: {
      sent_location: 'sent_lsn',
      write_location: 'write_lsn',
      flush_location: 'flush_lsn',
      replay_location: 'replay_lsn',
    },
  },
];

export const renamedColumn: Fix = {
  id: 'renamed-column',
  sqlstates: ['42703'],
  async propose(failure) {
    const missing = missingObject(failure.refusal.message)?.name ?? '';
    const found = names.find(
      ({ view, columns }) => missing in columns && new RegExp(`\\b${view}\\b`, 'i').test(failure.text),
    );
    if (found === undefined) return undefined;
    const used = Object.entries(found.columns).filter(([old]) =>
      new RegExp(`\\b${old}\\b`, 'i').test(failure.text),
    );
    let text = failure.text;
    // A name after AS is the query's own.
    for (const [old, now] of used) {
      text = text.replace(new RegExp(`(?<!\\bAS\\s+)\\b${old}\\b`, 'gi'), now);
    }
    return replacing(
      failure,
      text,
      `${found.view}: ${used.map(([old, now]) => `${now} for ${old}`).join(', ')}`,
    );
  },
};

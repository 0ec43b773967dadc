import { readCatalog } from '../../catalog/index.ts';
import type { Query } from '../../catalog/query.ts';
import type { Finding } from '../model.ts';
import type { Step } from '../script.ts';
import { definerFunctions } from './definer-functions.ts';
import { foreignKeyIndexes } from './foreign-key-indexes.ts';
import type { LiveCheck } from './live.ts';
import { originsOf } from './origins.ts';
import { partitions } from './partitions.ts';
import { redundantIndexes } from './redundant-indexes.ts';
import { rowSecurity } from './row-security.ts';
import { timestamps } from './timestamps.ts';
import { triggers } from './triggers.ts';
import { views } from './views.ts';

const checks: readonly LiveCheck[] = [
  rowSecurity,
  definerFunctions,
  views,
  foreignKeyIndexes,
  redundantIndexes,
  partitions,
  timestamps,
  triggers,
];

/** Looks at what the repaired document made. */
export async function liveFindings(query: Query, steps: readonly Step[]): Promise<readonly Finding[]> {
  const catalog = await readCatalog(query);
  const live = { catalog, query, origins: originsOf(steps) };
  const found: Finding[] = [];
  for (const check of checks) found.push(...(await check(live)));
  return found;
}

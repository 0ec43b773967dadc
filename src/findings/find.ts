import { type Catalog, type Query, readCatalog } from '../catalog/index.ts';
import { withPinnedOutput } from '../catalog/pinned-output.ts';
import type { CatalogFinding, FindingCheck } from './check.ts';
import { checks } from './checks/index.ts';
import type { CheckId } from './ids.ts';
import type { Scene } from './scene.ts';
import { nameOf } from './subject.ts';
import { loadParser } from './tree.ts';

export interface FindOptions {
  readonly of: Scene['of'];
  /** Names of schemas, unquoted. Default: all but the system's. */
  readonly schemas?: readonly string[];
  readonly only?: readonly CheckId[];
  readonly skip?: readonly CheckId[];
}

/** A check that could not look: what it needs. */
export interface NotLookedAt {
  readonly id: CheckId;
  readonly needs: string;
}

export interface Findings {
  readonly findings: readonly CatalogFinding[];
  readonly notLookedAt: readonly NotLookedAt[];
  readonly catalog: Catalog;
}

/**
 * Reads the catalogue that `query` is connected to and runs the checks over it. Nothing is written. A check whose queries
 * the role may not run is told in `notLookedAt`; any other error is thrown on.
 *
 * @param query must be inside a transaction of its own: a refused query is undone to a savepoint
 */
export async function findIn(query: Query, options: FindOptions): Promise<Findings> {
  await loadParser();
  const { of, schemas, only, skip = [] } = options;
  const catalog = await readCatalog(query, schemas === undefined ? {} : { schemas });
  const [row] = await query(`SELECT pg_catalog.current_setting('server_version_num')::int AS version`);
  const scene: Scene = { catalog, query, of, version: Number(row?.version) };
  const findings: CatalogFinding[] = [];
  const notLookedAt: NotLookedAt[] = [];
  const wanted = checks.filter(({ id }) => (only?.includes(id) ?? true) && !skip.includes(id));
  await withPinnedOutput(query, async () => {
    for (const check of wanted) {
      const found = await look(check, scene);
      if ('needs' in found) notLookedAt.push(found);
      else findings.push(...found.findings);
    }
  });
  return { findings: inOrder(findings), notLookedAt, catalog };
}

/** insufficient_privilege */
const refused = '42501';

async function look(
  check: FindingCheck,
  scene: Scene,
): Promise<NotLookedAt | { readonly findings: readonly CatalogFinding[] }> {
  const { id, needs = 'SELECT on the system catalogues' } = check;
  await scene.query('SAVEPOINT pgattest_check');
  try {
    const found = await check.find(scene);
    return { findings: found.map((each) => ({ id, ...each })) };
  } catch (error) {
    await scene.query('ROLLBACK TO SAVEPOINT pgattest_check');
    if ((error as { readonly code?: string }).code === refused) return { id, needs };
    throw error;
  } finally {
    await scene.query('RELEASE SAVEPOINT pgattest_check');
  }
}

const weights = { error: 0, warning: 1, note: 2 } as const;

/** By severity, then by check, then by object: the same database gives the same list. */
function inOrder(findings: readonly CatalogFinding[]): readonly CatalogFinding[] {
  return findings
    .map((finding) => {
      const { severity, id, subject, says } = finding;
      return { finding, key: [weights[severity], id, nameOf(subject), says] as const };
    })
    .sort((one, other) => compare(one.key, other.key))
    .map(({ finding }) => finding);
}

function compare(one: readonly (string | number)[], other: readonly (string | number)[]): number {
  for (const [at, value] of one.entries()) {
    const against = other[at] ?? '';
    if (value !== against) return value < against ? -1 : 1;
  }
  return 0;
}

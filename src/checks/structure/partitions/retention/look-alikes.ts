import type { Session } from '../../../../cluster/session.ts';
import { ident } from '../../../access/target.ts';

/** A schema that no design has. */
const elsewhere = 'pgattest elsewhere';

/** Longest name that PostgreSQL keeps whole, in bytes. */
const longest = 63;

/**
 * Plain tables that are named like partitions of long ago, owned like the table, so that nothing but their nature protects them.
 * Gives what each is an example of, by oid.
 */
export async function makeLookAlikes(
  session: Session,
  table: string,
  partition: string,
): Promise<ReadonlyMap<string, string>> {
  const [place] = await session.query(
    `SELECT n.nspname AS schema, c.relname AS name, pg_get_userbyid(c.relowner) AS owner
     FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = $1::regclass`,
    [table],
  );
  const { schema, name, owner } = place as { schema: string; name: string; owner: string };
  const capital = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  await session.script(`CREATE SCHEMA ${ident(elsewhere)} AUTHORIZATION ${ident(owner)}`);
  const wanted: readonly (readonly [schema: string, name: string, says: string])[] = [
    [schema, `${name}_1999_01`, 'named like a partition of long ago'],
    [schema, `${name}_1999_01_01`, 'named like a partition of a day long ago'],
    [schema, `${name}2_1999_01`, 'named like a partition of another table'],
    [schema, `${name}_1_keep`, 'with the name of the table in front'],
    [schema, `${capital}_1999_01`, 'named like a partition, but in mixed case'],
    [elsewhere, partition, 'named like the old partition, in another schema'],
  ];
  const made = new Map<string, string>();
  for (const [inSchema, each, says] of wanted) {
    if (Buffer.byteLength(each) > longest) continue;
    const identity = `${ident(inSchema)}.${ident(each)}`;
    const [there] = await session.query('SELECT to_regclass($1) IS NOT NULL AS there', [identity]);
    if (there?.there === true) continue;
    await session.script(
      `CREATE TABLE ${identity} (kept integer); ALTER TABLE ${identity} OWNER TO ${ident(owner)}; INSERT INTO ${identity} VALUES (1)`,
    );
    const [row] = await session.query('SELECT $1::regclass::oid::text AS oid', [identity]);
    made.set(String(row?.oid), says);
  }
  return made;
}

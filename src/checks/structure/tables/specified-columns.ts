import pg from 'pg';
import type { Session } from '../../../cluster/session.ts';
import { ident } from '../../access/target.ts';

/** What a column is, as the server prints it: two are the same when their texts are. */
export interface ColumnFacts {
  readonly type: string;
  readonly notNull: boolean;
  /** The expression of a default or of a generated column. */
  readonly expression: string | null;
  readonly generated: boolean;
  readonly identity: boolean;
}

/** What a claim says of a column; what it leaves out may be anything. */
export interface SpecifiedColumn {
  readonly name: string;
  readonly text: string;
  readonly facts: ColumnFacts;
  /** `generated`, `identity` or a serial type without saying how: the expression is not compared. */
  readonly anyExpression: boolean;
}

/** A specification that this database cannot make a column of: a type or function that is not there. */
export interface Unmakeable {
  readonly name: string;
  readonly text: string;
  readonly error: string;
}

const statement = `
  SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS "notNull",
         pg_get_expr(d.adbin, d.adrelid) AS expression, a.attgenerated <> '' AS generated, a.attidentity <> '' AS identity
  FROM pg_catalog.pg_attribute AS a
  LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped`;

/** The columns that a relation has, by name. */
export async function columnsThere(
  session: Session,
  relation: string,
): Promise<ReadonlyMap<string, ColumnFacts>> {
  const rows = await session.query(statement, [relation]);
  return new Map(
    (rows as unknown as (ColumnFacts & { name: string })[]).map(({ name, ...facts }) => [name, facts]),
  );
}

/**
 * What the server makes of columns written as in CREATE TABLE: it is the one that knows that `varchar(9)` is
 * `character varying(9)`, and how it prints a default.
 */
export async function specifiedColumns(
  session: Session,
  columns: Readonly<Record<string, string>>,
): Promise<readonly (SpecifiedColumn | Unmakeable)[]> {
  const entries = Object.entries(columns);
  const together = await make(session, entries);
  if (typeof together !== 'string') return together;
  // One of them cannot be made: find out which.
  const made: (SpecifiedColumn | Unmakeable)[] = [];
  for (const [name, text] of entries) {
    const alone = await make(session, [[name, text]]);
    made.push(...(typeof alone === 'string' ? [{ name, text, error: alone }] : alone));
  }
  return made;
}

async function make(
  session: Session,
  entries: readonly (readonly [name: string, text: string])[],
): Promise<readonly SpecifiedColumn[] | string> {
  const columns = entries.map(([name, text]) => `${ident(name)} ${ddlOf(text)}`);
  try {
    return await session.undone(async () => {
      await session.script(`CREATE TEMP TABLE pgattest_specified (${columns.join(', ')})`);
      const there = await columnsThere(session, 'pg_temp.pgattest_specified');
      return entries.flatMap(([name, text]) => {
        const facts = there.get(name);
        return facts === undefined
          ? []
          : [{ name, text, facts: said(facts, text), anyExpression: isShort(text) }];
      });
    });
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return error.message;
  }
}

const short = /\s+(generated|identity)\s*$/i;

function isShort(text: string): boolean {
  return short.test(text) || /^(big|small)?serial\b/i.test(text);
}

/** `generated` and `identity` alone say that it is one: the column is made without. */
function ddlOf(text: string): string {
  return text.replace(short, '');
}

function said(facts: ColumnFacts, text: string): ColumnFacts {
  const word = short.exec(text)?.[1]?.toLowerCase();
  return {
    ...facts,
    generated: facts.generated || word === 'generated',
    identity: facts.identity || word === 'identity',
  };
}

/** How a column differs from what is said of it; undefined when it does not. */
export function difference(
  there: ColumnFacts | undefined,
  wanted: SpecifiedColumn,
): { readonly part: 'column' | 'default'; readonly says: string } | undefined {
  const { facts, anyExpression } = wanted;
  if (there === undefined) return { part: 'column', says: 'is not there' };
  if (there.type !== facts.type) return { part: 'column', says: `is ${there.type}, not ${facts.type}` };
  if (facts.notNull && !there.notNull) return { part: 'column', says: 'may be null' };
  if (facts.generated !== there.generated && (facts.generated || there.generated)) {
    return { part: 'column', says: facts.generated ? 'is not generated' : 'is generated' };
  }
  if (facts.identity && !there.identity) return { part: 'column', says: 'is no identity column' };
  const wantsSome = anyExpression && !facts.identity;
  if (wantsSome && there.expression === null) return { part: 'default', says: 'has no default' };
  if (anyExpression || facts.expression === null || facts.expression === there.expression) return undefined;
  return {
    part: 'default',
    says:
      there.expression === null
        ? 'has no default'
        : `has ${there.expression} as its default, not ${facts.expression}`,
  };
}

/** A column as CREATE TABLE would say it. */
export function columnText(facts: ColumnFacts | undefined): string {
  if (facts === undefined) return 'no such column';
  return [
    facts.type,
    ...(facts.notNull ? ['not null'] : []),
    ...(facts.identity ? ['identity'] : []),
    ...(facts.generated ? ['generated'] : []),
    ...(facts.expression === null || facts.generated ? [] : [`default ${facts.expression}`]),
  ].join(' ');
}

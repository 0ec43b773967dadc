import pg from 'pg';
import { rangeVar } from '../../findings/names.ts';
import { nodesOf, parseOne } from '../../findings/tree.ts';
import { missingObject } from '../missing.ts';
import { type Fix, replacing } from './fix.ts';
import { indexOfByte } from './tokens.ts';

/** A relation named without its schema, which is not on the search path. */
export const otherSchema: Fix = {
  id: 'other-schema',
  sqlstates: ['42P01'],
  async propose(failure, { query }) {
    const missing = missingObject(failure.refusal.message);
    if (missing?.kind !== 'relation' || missing.schema !== undefined) return undefined;
    const rows = await query(
      `SELECT n.nspname AS schema FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname !~ '^pg_|^information_schema$'
        ORDER BY n.nspname`,
      [missing.name],
    );
    const schemas = rows.map(({ schema }) => String(schema));
    const node = parseOne(failure.text)?.[1];
    const [schema] = schemas;
    if (schemas.length !== 1 || schema === undefined || node === undefined) return undefined;
    let text = failure.text;
    const places = nodesOf(node, 'RangeVar')
      .concat(nodesOf(node, 'pktable'), nodesOf(node, 'relation'))
      .filter((each) => rangeVar(each).name === missing.name && rangeVar(each).schema === undefined)
      .map(({ location }) => indexOfByte(failure.text, Number(location ?? 0)));
    for (const at of [...new Set(places)].sort((a, b) => b - a)) {
      text = `${text.slice(0, at)}${pg.escapeIdentifier(schema)}.${text.slice(at)}`;
    }
    if (places.length === 0) return undefined;
    return replacing(failure, text, `write ${schema}.${missing.name}`);
  },
};

import { ConfigError } from '../../design/config-error.ts';
import type { DeckHeader, DeckTransaction } from '../deck/model.ts';
import { type DeckTable, tableOf } from './deck-table.ts';
import type { Script } from './options.ts';
import { literal, scriptStatement } from './script-sql.ts';

export interface ScriptsOptions {
  /** BEGIN to COMMIT in one pipeline, as the k6 extension sends it. */
  readonly pipeline: boolean;
  /**
   * `literals`: a script for each transaction, its values in the text. Needs nothing on the server, but pgbench takes 128 scripts at most, and
   * with `-M prepared` each client prepares each statement of each script.
   * `table`: a script for each kind of transaction, whose values come from a table, by one more statement before BEGIN: any number
   * of transactions, and as many prepared statements as the deck has.
   */
  readonly values: 'literals' | 'table';
  /** Qualified, as it stands in SQL. */
  readonly table?: string;
}

export interface ScriptSet {
  readonly scripts: readonly Script[];
  readonly protocol: 'simple' | 'prepared';
  /** What must be on the server before the run, with `values: 'table'`. */
  readonly table?: DeckTable;
}

/** Transactions of the same statements, NULLs in the same places: they can share a script. */
export interface Shape {
  readonly first: DeckTransaction;
  readonly members: DeckTransaction[];
}

export const mostScripts = 128;
/** pgbench's MAX_ARGS, the statement itself being one. */
const mostParameters = 255;

/**
 * Transactions of a deck as scripts, so that pgbench sends the statements that k6 sends. It draws them at random where k6 takes them in their
 * order, and looks at no result: what must hold of rows is not checked. Throws ConfigError for what a script cannot say.
 */
export function scriptsOf(
  header: DeckHeader,
  transactions: readonly DeckTransaction[],
  options: ScriptsOptions,
): ScriptSet {
  const { pipeline, values, table: tableName = 'pgattest_deck' } = options;
  if (transactions.length === 0) throw new ConfigError('deck', 'has no transaction', 'make it longer');
  const protocol = pipeline ? 'prepared' : 'simple';
  if (values === 'literals') {
    limit(transactions.length, 'transactions', "take fewer of them, or values: 'table'");
    const scripts = transactions.map(
      (transaction, index): Script => ({
        name: `${transaction.transaction}#${index + 1}`,
        as: transaction.transaction,
        sql: scriptText(header, transaction, pipeline, (value) => literal(value)),
        holds: holdsOf(header, transaction),
      }),
    );
    return { scripts, protocol };
  }
  const shapes = shapesOf(transactions);
  limit(shapes.length, 'kinds of transactions', 'take fewer of them');
  const scripts = shapes.map((shape, index) => tableScript(header, shape, index, tableName, pipeline));
  // Variables go as text into the simple protocol, unquoted: parameters alone are safe.
  return { scripts, protocol: 'prepared', table: tableOf(tableName, shapes) };
}

function tableScript(
  header: DeckHeader,
  { first, members }: Shape,
  index: number,
  table: string,
  pipeline: boolean,
): Script {
  let count = 0;
  const text = scriptText(header, first, pipeline, () => `:v${++count}`);
  const columns = Array.from({ length: count }, (_, at) => `v${at + 1}`);
  // One variable more than the values, or a transaction without values would have nothing to fetch.
  const fetch = `SELECT ${['n AS vn', ...columns].join(', ')} FROM ${table} WHERE shape = ${index} AND n = :n \\gset\n`;
  return {
    name: `${first.transaction}#${index + 1}`,
    as: first.transaction,
    weight: members.length,
    sql: `\\set n random(1, ${members.length})\n${fetch}${text}`,
    holds: holdsOf(header, first),
  };
}

/** Values in the order in which the text of a script names them. */
export function valuesOf({ settings, calls }: DeckTransaction): readonly string[] {
  return [
    ...Object.values(settings),
    ...calls.flatMap(([, parameters]) => parameters.filter((value) => value !== null)),
  ];
}

function scriptText(
  header: DeckHeader,
  { transaction, settings, calls }: DeckTransaction,
  pipeline: boolean,
  stand: (value: string) => string,
): string {
  const isLocal = header.settingsLast === 'transaction';
  const set = Object.entries(settings).map(
    ([name, value]) => `set_config(${literal(name)}, ${stand(value)}, ${isLocal})`,
  );
  const lines = [
    'BEGIN;',
    ...(header.role === null ? [] : [`SET LOCAL ROLE "${header.role.replaceAll('"', '""')}";`]),
    ...(set.length === 0 ? [] : [`SELECT ${set.join(', ')};`]),
    ...calls.map(([index, parameters]) => {
      const statement = header.statements[index];
      if (statement === undefined)
        throw new ConfigError(`deck: ${transaction}`, `has no statement ${index}`, 'make the deck anew');
      if (parameters.length > mostParameters)
        throw new ConfigError(
          statement.name,
          `${parameters.length} parameters`,
          `give ${mostParameters} at most`,
        );
      // In the order of the values, whatever the order in the text.
      const stands = parameters.map((value) => (value === null ? 'NULL' : stand(value)));
      return scriptStatement(statement.sql, statement.name, (number) => {
        const own = stands[number - 1];
        if (own === undefined)
          throw new ConfigError(statement.name, `$${number} has no value`, 'make the deck anew');
        return own;
      });
    }),
    'COMMIT;',
  ];
  return `${(pipeline ? ['\\startpipeline', ...lines, '\\endpipeline'] : lines).join('\n')}\n`;
}

function shapesOf(transactions: readonly DeckTransaction[]): readonly Shape[] {
  const shapes = new Map<string, Shape>();
  for (const transaction of transactions) {
    const key = JSON.stringify([
      transaction.transaction,
      Object.keys(transaction.settings),
      transaction.calls.map(([index, parameters]) => [index, parameters.map((value) => value === null)]),
    ]);
    const shape = shapes.get(key);
    if (shape === undefined) shapes.set(key, { first: transaction, members: [transaction] });
    else shape.members.push(transaction);
  }
  return [...shapes.values()];
}

function holdsOf({ statements }: DeckHeader, { calls }: DeckTransaction) {
  const counts = new Map<number, number>();
  for (const [index] of calls) counts.set(index, (counts.get(index) ?? 0) + 1);
  return [...counts].flatMap(([index, count]) => {
    const statement = statements[index];
    return statement === undefined ? [] : [{ statement: statement.name, kind: statement.kind, count }];
  });
}

function limit(count: number, of: string, hint: string): void {
  if (count > mostScripts)
    throw new ConfigError('deck', `${count} ${of}, and pgbench takes ${mostScripts} scripts`, hint);
}

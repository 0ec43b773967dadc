import pg from 'pg';
import type { Catalog, Column, Relation } from '../../catalog/catalog.ts';
import { columnsOf, partitionsOf, relation as relationOf } from '../../catalog/index.ts';
import type { Identity } from '../../cluster/session.ts';
import type { Actor } from '../../design/design.ts';
import type { AccessRules } from '../../design/rules.ts';
import type { CheckContext } from '../check.ts';

/** The relation that a check looks at, with what it needs to write statements about it. */
export interface Target {
  readonly rules: AccessRules;
  readonly relation: Relation;
  /** Columns that can be read: all but secret ones. */
  readonly readable: readonly Column[];
  readonly columns: readonly Column[];
  /** Columns that a statement can give: all but generated ones, the key's first. */
  readonly stored: readonly Column[];
  /** Partitions at every level; empty for a plain table. */
  readonly partitions: readonly Relation[];
}

/** Finds the table's rules and facts. The design was checked against the catalogue, so both are there. */
export function targetOf(context: CheckContext, table: string): Target {
  const rules = context.design.access.find((candidate) => candidate.table === table);
  const relation = relationOf(context.catalog, table);
  if (rules === undefined || relation === undefined) throw new Error(`no rules or no relation for ${table}`);
  const columns = columnsOf(context.catalog, table);
  const secret = new Set(rules.secret ?? []);
  return {
    rules,
    relation,
    columns,
    stored: columns
      .filter((column) => !column.generated)
      .sort((a, b) => Number(rules.key.includes(b.name)) - Number(rules.key.includes(a.name))),
    readable: columns.filter((column) => !secret.has(column.name)),
    partitions: allPartitionsOf(context.catalog, table),
  };
}

/** Partitions at every level, each before its own. */
function allPartitionsOf(catalog: Catalog, table: string): readonly Relation[] {
  return partitionsOf(catalog, table).flatMap((partition) => [
    partition,
    ...allPartitionsOf(catalog, partition.identity),
  ]);
}

/** The request role as a login gets it, with its own settings and those of the database, and with the actor's. */
export function identityOf(context: CheckContext, actor: Actor, triggers = true): Identity {
  const { role } = context.design.request;
  return {
    role,
    settings: { ...loginSettings(context.catalog, role), ...settingsOf(context, actor) },
    triggers,
  };
}

/** What ALTER ROLE … SET and ALTER DATABASE … SET give each session of a login: to become a role does not. */
export function loginSettings(catalog: Catalog, role: string): Readonly<Record<string, string>> {
  const own = catalog.roles.find(({ name }) => name === role)?.settings ?? [];
  return Object.fromEntries(
    [...catalog.databaseSettings, ...own].map((setting) => {
      const at = setting.indexOf('=');
      return [setting.slice(0, at), setting.slice(at + 1)];
    }),
  );
}

/** The settings that the design's application makes for the actor. */
export function settingsOf(context: CheckContext, actor: Actor): Readonly<Record<string, string>> {
  const { session } = context.design.request;
  if (actor.afterwards !== true) return session(actor);
  const names = context.actors.flatMap((other) =>
    other.afterwards === true ? [] : Object.keys(session(other)),
  );
  return Object.fromEntries(names.map((name) => [name, '']));
}

/** Actors of the same attributes are one to every rule: for what is remembered of a rule. */
export function asRuled(actor: Actor): string {
  return JSON.stringify(actor.attributes);
}

/** False for the anonymous actor, whose attributes are all NULL. */
export function isIdentified(actor: Actor): boolean {
  return Object.values(actor.attributes).some((value) => value !== null);
}

export const ident: (name: string) => string = pg.escapeIdentifier;
export const literal: (text: string) => string = pg.escapeLiteral;

/** `alias."a", alias."b"` */
export function columnList(names: readonly string[], alias?: string): string {
  return names.map((name) => (alias === undefined ? ident(name) : `${alias}.${ident(name)}`)).join(', ');
}

/** For an INSERT that gives these columns: what makes an identity column take a value. */
export function overriding(columns: readonly Column[]): string {
  return columns.some((column) => column.identity) ? ' OVERRIDING SYSTEM VALUE' : '';
}

/** The actor as a one-row relation: rules read `actor.id`. Values are literals, so that evidence can be run as it is. */
export function actorRelation(context: CheckContext, actor: Actor): string {
  const attributes = Object.entries(context.design.request.attributes).map(([name, type]) => {
    const value = actor.attributes[name] ?? null;
    return `${value === null ? 'NULL' : literal(value)}::${type} AS ${ident(name)}`;
  });
  return `(SELECT ${attributes.join(', ')}) AS actor`;
}

/** The key of a row as text, for messages and for finding the row again. */
export function keyText(target: Target, alias: string): string {
  const parts = target.rules.key.map((name) => `${alias}.${ident(name)}::text`);
  return parts.length === 1 ? (parts[0] ?? '') : `concat_ws(' / ', ${parts.join(', ')})`;
}

/** `"id" = '…' AND "created_at" = '…'` for the key values of a row. */
export function keyCondition(target: Target, key: readonly (string | null)[]): string {
  return target.rules.key
    .map((name, index) => {
      const value = key[index] ?? null;
      return value === null ? `${ident(name)} IS NULL` : `${ident(name)} = ${literal(value)}`;
    })
    .join(' AND ');
}

/** The key values of a row as an array of texts. */
export function keyArray(target: Target, alias: string): string {
  return `ARRAY[${target.rules.key.map((name) => `${alias}.${ident(name)}::text`).join(', ')}]`;
}

import pg from 'pg';
import type { IndexDefinition, ReferenceDefinition } from './definitions.ts';

/**
 * The order in which a database gets its indexes and keys back, as pg_dump restores them: empty indexes of partitioned tables, the
 * real ones, the constraints on these, their place below the former, foreign keys, and the proof that they hold.
 */
export const stages = ['shell', 'build', 'constrain', 'attach', 'refer', 'validate', 'describe'] as const;
export type Stage = (typeof stages)[number];

/** Stages whose steps do not wait for each other's locks, so that several sessions share them. */
export const parallelStages: ReadonlySet<Stage> = new Set(['build', 'validate']);

export interface Step {
  readonly stage: Stage;
  readonly statement: string;
  /** `table name` of the foreign key that holds when the step is done. */
  readonly proves?: string;
}

/** What makes an index again, with its constraint. */
export function indexSteps(index: IndexDefinition): readonly Step[] {
  const { table, constraint } = index;
  const described: Step[] =
    index.comment === null
      ? []
      : [
          {
            stage: 'describe',
            statement: `COMMENT ON INDEX ${index.index} IS ${pg.escapeLiteral(index.comment)}`,
          },
        ];
  const attached: Step[] =
    index.parent === null
      ? []
      : [{ stage: 'attach', statement: `ALTER INDEX ${index.parent} ATTACH PARTITION ${index.index}` }];
  const place = pg.escapeLiteral(index.tablespace ?? '');
  const made = `SET LOCAL default_tablespace = ${place}; ${index.definition}`;
  if (constraint === null) {
    return [{ stage: index.partitioned ? 'shell' : 'build', statement: made }, ...attached, ...described];
  }
  const { name, type, definition } = constraint;
  const added = `ALTER TABLE ${index.partitioned ? 'ONLY ' : ''}${table} ADD CONSTRAINT ${name}`;
  const later = `${constraint.deferrable ? ' DEFERRABLE' : ''}${constraint.deferred ? ' INITIALLY DEFERRED' : ''}`;
  const kind = type === 'p' ? 'PRIMARY KEY' : 'UNIQUE';
  const says =
    constraint.comment === null ? described : [...described, commentOn(table, name, constraint.comment)];
  if (index.partitioned)
    return [{ stage: 'shell', statement: `${added} ${definition}` }, ...attached, ...says];
  // An exclusion constraint takes no index that is there.
  if (type === 'x') return [{ stage: 'constrain', statement: `${added} ${definition}` }, ...says];
  // The index is made beside others; the constraint then takes it over, which is quick.
  return [
    { stage: 'build', statement: made },
    { stage: 'constrain', statement: `${added} ${kind} USING INDEX ${nameOf(index.index)}${later}` },
    ...attached,
    ...says,
  ];
}

/** What makes a foreign key again: at once unproved, then proved beside others. Partitioned tables have no such way. */
export function referenceSteps(reference: ReferenceDefinition): readonly Step[] {
  const { table, name, definition, partitioned } = reference;
  const add = `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`;
  const proves = `${table} ${reference.bareName}`;
  const says = reference.comment === null ? [] : [commentOn(table, name, reference.comment)];
  if (/ NOT VALID$/.test(definition)) return [{ stage: 'refer', statement: add }, ...says];
  if (partitioned) return [{ stage: 'refer', statement: add, proves }, ...says];
  return [
    { stage: 'refer', statement: `${add} NOT VALID` },
    { stage: 'validate', statement: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`, proves },
    ...says,
  ];
}

/** What takes a top index away, with all below it. */
export function dropIndex({ table, index, constraint }: IndexDefinition): string {
  return constraint === null
    ? `DROP INDEX ${index}`
    : `ALTER TABLE ${table} DROP CONSTRAINT ${constraint.name}`;
}

export function dropReference({ table, name }: ReferenceDefinition): string {
  return `ALTER TABLE ${table} DROP CONSTRAINT ${name}`;
}

/** All steps in the order in which they can be taken; deeper partitions come first below their parents. */
export function ordered(
  indexes: readonly IndexDefinition[],
  references: readonly ReferenceDefinition[],
): readonly Step[] {
  const deepestFirst = [...indexes].sort((a, b) => b.level - a.level);
  const steps = [...deepestFirst.flatMap(indexSteps), ...references.flatMap(referenceSteps)];
  return stages.flatMap((stage) => steps.filter((step) => step.stage === stage));
}

function commentOn(table: string, name: string, comment: string): Step {
  return {
    stage: 'describe',
    statement: `COMMENT ON CONSTRAINT ${name} ON ${table} IS ${pg.escapeLiteral(comment)}`,
  };
}

/** `"schema"."name"` without the schema: an index lies in the schema of its table. */
function nameOf(qualified: string): string {
  const found = /^(?:"(?:[^"]|"")*"|[^".]*)\.(.*)$/s.exec(qualified)?.[1];
  return found ?? qualified;
}

/** A value of a column, an attribute or a constant; null is NULL. Times are text that sorts as they do. */
export type Scalar = string | number | boolean | null;

/** SQL's three truth values; null is unknown. */
export type Truth = boolean | null;

export type ColumnType = 'integer' | 'text' | 'boolean' | 'status' | 'uuid' | 'time' | 'link';

const uuid = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

/** What stands for `now()`, which every type of time is tried with: later than all that is in the data. */
export const now = '9999-12-31 00:00:00+00';

/** The values that a column of the type may have, NULL first. Small, so that all of them can be tried. */
export const domains: Readonly<Record<ColumnType, readonly Scalar[]>> = {
  integer: [null, 1, 2, 3],
  text: [null, 'staff', 'lead', "o'd\\d"],
  boolean: [null, false, true],
  status: [null, 'new', 'done', 'gone'],
  uuid: [null, uuid(1), uuid(2), uuid(3), uuid(4)],
  time: [null, '2020-01-01 00:00:00+00', '2021-01-01 00:00:00+00', '2022-01-01 00:00:00+00'],
  link: [null, 1, 2, 3],
};

/** As PostgreSQL calls them; a link is a foreign key. */
export const sqlTypes: Readonly<Record<ColumnType, string>> = {
  integer: 'integer',
  text: 'text',
  boolean: 'boolean',
  status: 'p.status',
  uuid: 'uuid',
  time: 'timestamptz',
  link: 'integer',
};

/** Types whose values have an order that does not hang on a collation. */
export const isOrdered = (type: ColumnType): boolean => ['integer', 'status', 'time', 'link'].includes(type);

/** -1, 0 or 1: an enum sorts by its labels' order. */
export function compareValues(a: Scalar, b: Scalar): number {
  const labels = domains.status;
  if (labels.includes(a) && labels.includes(b)) return labels.indexOf(a) - labels.indexOf(b);
  return a === b ? 0 : (a as string) < (b as string) ? -1 : 1;
}

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export type Row = Readonly<Record<string, Scalar>>;

/** The attributes of an actor, the type of each as of a column. */
export const attributes = { id: 'uuid', tenant: 'integer', role: 'text' } as const satisfies Record<
  string,
  ColumnType
>;
export type Attribute = keyof typeof attributes;
export const attributeNames = Object.keys(attributes) as readonly Attribute[];

/** Tables that rules look up beside the one that they are about. */
export const helpers = {
  link: { id: 'integer', owner: 'uuid', open: 'boolean' },
  member: { id: 'integer', person: 'uuid', tenant: 'integer', role: 'text' },
} as const satisfies Record<string, Record<string, ColumnType>>;
export type Helper = keyof typeof helpers;
export const helperNames = Object.keys(helpers) as readonly Helper[];

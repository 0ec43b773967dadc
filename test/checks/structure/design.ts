import {
  type AccessRules,
  type Claim,
  type Design,
  defineDesign,
  type NeverRule,
} from '../../../src/index.ts';

const nobody: NeverRule = { says: 'Nobody.', never: 'privilege' };
const rules = ([table, key]: readonly [string, string]): AccessRules => ({
  table,
  key: [key],
  select: nobody,
  insert: nobody,
  update: nobody,
  delete: nobody,
});

const customer = '00000000-0000-4000-8000-000000000001';
const organization = '00000000-0000-4000-8000-0000000000ff';

/** What the structure checks are tried on, with the claims of one kind. */
export function shop(checks: Readonly<Record<string, NonNullable<Claim['check']>>>): Design {
  return defineDesign({
    name: 'shop',
    title: 'A shop',
    source: { file: 'shop.md' },
    postgres: { version: 15, settings: { max_connections: 20 } },
    topology: { replicas: 0 },
    migrations: new URL('./migrations/', import.meta.url),
    schemas: ['shop', 'od d'],
    request: {
      role: 'shop user',
      attributes: { id: 'uuid' },
      session: ({ attributes }) => ({ 'shop.user': attributes.id ?? '' }),
    },
    logins: ['shop user'],
    actors: () => ({ someone: { says: 'someone', attributes: { id: customer } } }),
    data: {
      tables: [
        {
          table: 'shop.customers',
          rows: () => 3,
          columns: {
            id: ({ row }) => `00000000-0000-4000-8000-00000000000${row + 1}`,
            organization_id: () => organization,
            email: ({ row }) => `c${row}@example.com`,
          },
        },
        {
          table: 'shop.tasks',
          rows: () => 20,
          columns: {
            organization_id: () => organization,
            customer_id: () => customer,
            title: ({ row }) => `Task ${row}`,
          },
        },
        {
          table: 'shop.events',
          rows: () => 2,
          columns: {
            id: ({ row }) => `00000000-0000-4000-8000-00000000010${row}`,
            organization_id: () => organization,
            name: () => 'a',
          },
        },
      ],
    },
    access: (
      [
        ['shop.customers', 'id'],
        ['shop.tasks', 'id'],
        ['shop.events', 'id'],
        ['shop.open_tasks', 'id'],
        ['shop.task_counts', 'status'],
        ['"od d"."T ""able"', 'I d'],
      ] as const
    ).map(rules),
    targets: {},
    claims: Object.entries(checks).map(([id, check]) => ({
      id,
      says: `It is so: ${id}.`,
      source: { file: 'shop.md' },
      controls: [],
      family: 'structure',
      check,
    })),
  });
}

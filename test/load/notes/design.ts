import {
  type AccessRules,
  type Claim,
  type Design,
  type Draw,
  defineDesign,
  type NeverRule,
  type TableData,
  type TransactionPlan,
  type Workload,
} from '../../../src/index.ts';

const nobody: NeverRule = { says: 'Nobody.', never: 'privilege' };
const access: readonly AccessRules[] = [
  {
    table: 'app.note',
    key: ['id'],
    select: { says: 'One’s own.', where: '"row".owner = actor.id' },
    insert: nobody,
    update: {
      says: 'One’s own.',
      columns: ['owner', 'n', 'body', 'id'],
      where: '"old".owner = actor.id',
      to: '"new".owner = actor.id',
    },
    delete: nobody,
  },
  {
    table: 'app.history',
    key: ['id'],
    select: { says: 'All.', where: 'true' },
    insert: nobody,
    update: nobody,
    delete: nobody,
  },
];

/** Each owner has ten, however many there are. */
const note = {
  table: 'app.note',
  rows: (scale: number) => 10_000 * scale,
  columns: {
    id: (cell) => cell.uuid('app.note', cell.row),
    owner: (cell) => 1 + Math.floor(cell.row / 10),
    n: (cell) => cell.integer(0, 9),
    body: (cell) => cell.hex(100),
  },
} satisfies TableData;

const history = {
  table: 'app.history',
  rows: (scale: number) => 4_000 * scale,
  columns: { id: (cell) => cell.row, body: () => 'long ago' },
} satisfies TableData;

function visit(draw: Draw, reads: number, writes: number, owner?: string): TransactionPlan {
  const first = draw.integer(0, draw.count(note) / 10 - 1) * 10;
  const one = (salt: number) => draw.row(note, first + draw.integer(0, 9, salt));
  const me = String(one(0).owner);
  const own = { column: 1, values: [owner ?? me] };
  return {
    actor: { id: me },
    tenant: me,
    calls: [
      { statement: 'note.mine', values: [me], rows: 10, own },
      ...Array.from({ length: reads - 1 }, (_, n) => ({
        statement: 'note.by-id',
        values: [one(n).id],
        rows: 1,
        own,
      })),
      // In one order, or two clients wait for each other in a circle.
      ...Array.from({ length: writes }, () => ({ statement: 'note.count', values: [one(0).id], rows: 1 })),
    ],
  };
}

const workload: Workload = {
  statements: {
    'note.by-id': { kind: 'read', sql: 'SELECT id, owner, body FROM app.note WHERE id = $1' },
    'note.mine': { kind: 'read', sql: 'SELECT id, owner, n FROM app.note WHERE owner = $1 ORDER BY id' },
    'note.longest': { kind: 'read', sql: 'SELECT max(length(body)) FROM app.history WHERE id <> $1' },
    'note.count': { kind: 'write', sql: 'UPDATE app.note SET n = n + 1 WHERE id = $1' },
  },
  transactions: {
    view: (draw) => visit(draw, 5, 0),
    edit: (draw) => visit(draw, 5, 1),
    count: (draw) => visit(draw, 1, 3),
    mistaken: (draw) => visit(draw, 5, 0, 'somebody else'),
    survey: () => ({
      actor: { id: '1' },
      tenant: '1',
      calls: [{ statement: 'note.longest', values: ['1'] }],
    }),
  },
  mixes: {
    read: { view: 1 },
    write: { count: 1 },
    mixed: { edit: 1 },
    small: { view: 1, edit: 1 },
    mistaken: { mistaken: 1 },
    survey: { survey: 1 },
  },
};

const claim = (id: string, check: NonNullable<Claim['check']>): Claim => ({
  id: `notes.load.${id}`,
  says: `It is fast: ${id}.`,
  source: { file: 'notes.md' },
  controls: [],
  family: 'load',
  check,
});

const seconds = 3;

/** One table that is worked on, in a workload of small transactions; `pooler: false` for a primary alone. */
export function notes({ pooler = true } = {}): Design {
  return defineDesign({
    name: 'notes',
    title: 'Notes under load',
    source: { file: 'notes.md' },
    postgres: { version: 15, settings: { max_connections: 60 } },
    topology: {
      replicas: 0,
      ...(pooler ? { pooler: { mode: 'transaction', maxClients: 200, poolSize: 4, writer: 'notes' } } : {}),
    },
    migrations: new URL('./migrations/', import.meta.url),
    schemas: ['app'],
    request: {
      role: 'app_user',
      attributes: { id: 'int4' },
      session: ({ attributes }) => (attributes.id == null ? {} : { 'app.user': attributes.id }),
    },
    logins: ['app_user'],
    actors: () => ({
      anonymous: { says: 'nobody', attributes: { id: null } },
      first: { says: 'who has notes', attributes: { id: '1' } },
    }),
    data: { tables: [note, history] },
    access,
    targets: {},
    workload,
    claims: [
      claim('growth', {
        kind: 'load.growth',
        statements: ['note.by-id', 'note.mine'],
        times: 10,
        ratio: 4,
      }),
      claim('growth-of-whole', { kind: 'load.growth', statements: ['note.longest'], times: 10, ratio: 4 }),
      claim('growth-of-none', { kind: 'load.growth', statements: ['note.gone'], times: 2, ratio: 4 }),
      claim('within', { kind: 'load.within', sql: 'SELECT count(*) FROM app.note', belowMs: 2_000 }),
      claim('within-nothing', { kind: 'load.within', sql: 'SELECT pg_sleep(0.05)', belowMs: 20 }),
      claim('clients', {
        kind: 'load.pooled-clients',
        clients: 50,
        serverConnections: 4,
        waitMs: 1_000,
        ratePerSecond: 50,
      }),
      claim('throughput', { kind: 'load.throughput', reads: 50, writes: 10, mix: 'mixed', seconds }),
      claim('absurd', { kind: 'load.throughput', reads: 10_000_000, mix: 'mixed', seconds }),
      claim('mistaken', { kind: 'load.throughput', reads: 10_000_000, mix: 'mistaken', seconds }),
      claim('isolation', { kind: 'load.tenant-isolation', mix: 'small', transactions: 1_000 }),
    ],
  });
}

import { type Broken, testKind } from './trials.ts';

const odd = '"od d"."T ""able"';
const broken: readonly Broken[] = [
  ['DROP VIEW shop.open_tasks', 'view', 'view shop.open_tasks', /there is no shop.open_tasks/],
  [
    'DROP VIEW shop.open_tasks; CREATE MATERIALIZED VIEW shop.open_tasks AS SELECT id, title FROM shop.tasks',
    'view',
    'view shop.open_tasks',
    /is a materialized view, not a view/,
  ],
  [
    'DROP VIEW shop.open_tasks; CREATE VIEW shop.open_tasks AS SELECT id FROM shop.tasks',
    'view',
    'view shop.open_tasks',
    /has no column title/,
  ],
  [
    'REFRESH MATERIALIZED VIEW shop.task_counts WITH NO DATA',
    'materialized',
    'view shop.task_counts',
    /is not populated/,
  ],
  [
    'DROP POLICY tasks_all ON shop.tasks',
    'policies',
    'policy for update on shop.tasks',
    /no permissive policy for update/,
  ],
  [
    'DROP POLICY tasks_all ON shop.tasks; CREATE POLICY tasks_all ON shop.tasks FOR UPDATE TO pg_monitor USING (true)',
    'policies',
    'policy "tasks_all" on shop.tasks',
    /for update, not for shop user/,
  ],
  [
    'ALTER TABLE shop.tasks DISABLE ROW LEVEL SECURITY',
    'policies',
    'row security is off on shop.tasks',
    /row security/,
  ],
  [`DROP POLICY "se e" ON ${odd}`, 'odd-policies', `policy "se e" on ${odd}`, /no such policy/],
  [
    'ALTER TABLE shop.tasks DISABLE TRIGGER tasks_touch',
    'trigger',
    'trigger "tasks_touch" on shop.tasks',
    /no enabled trigger "tasks_touch" acts before update on shop.tasks/,
  ],
  [
    'ALTER TABLE shop.tasks ENABLE REPLICA TRIGGER tasks_touch',
    'trigger',
    'trigger "tasks_touch" on shop.tasks',
    /no enabled trigger/,
  ],
  [
    'DROP TRIGGER tasks_touch ON shop.tasks; CREATE TRIGGER tasks_touch AFTER UPDATE ON shop.tasks FOR EACH ROW EXECUTE FUNCTION shop.touch()',
    'trigger',
    'trigger "tasks_touch" on shop.tasks',
    /before update/,
  ],
  [
    'DROP TRIGGER tasks_touch ON shop.tasks; CREATE TRIGGER tasks_touch BEFORE UPDATE ON shop.tasks FOR EACH ROW EXECUTE FUNCTION shop.keep()',
    'trigger',
    'trigger "tasks_touch" on shop.tasks',
    /runs shop.touch/,
  ],
  ...[
    'UPDATE OF title ON shop.tasks FOR EACH ROW',
    'UPDATE ON shop.tasks FOR EACH ROW WHEN (NEW.id > 0)',
  ].map(
    (limited): Broken => [
      `DROP TRIGGER tasks_touch ON shop.tasks; CREATE TRIGGER tasks_touch BEFORE ${limited} EXECUTE FUNCTION shop.touch()`,
      'trigger',
      'trigger "tasks_touch" on shop.tasks',
      /no enabled trigger "tasks_touch" acts before update on shop.tasks/,
    ],
  ),
  [
    'ALTER TABLE shop.events_old DISABLE TRIGGER events_keep',
    'partitions',
    'trigger before delete on shop.events_old'.replace('delete', 'update, delete'),
    /on shop.events_old/,
  ],
  [
    'DROP TRIGGER keep_new ON shop.events_new',
    'truncate',
    'trigger "events_keep_all" on shop.events_new',
    /acts before truncate on shop.events_new/,
  ],
  [`ALTER TABLE ${odd} DISABLE TRIGGER "tou ch"`, 'odd-trigger', `trigger "tou ch" on ${odd}`, /insert/],
  ['DROP FUNCTION shop.total', 'function', 'function shop.total(shop.status, integer)', /is not there/],
  [
    'ALTER FUNCTION shop.total SECURITY INVOKER',
    'function',
    'function shop.total(shop.status, integer)',
    /is SECURITY INVOKER/,
  ],
  [
    'ALTER FUNCTION shop.total VOLATILE',
    'function',
    'function shop.total(shop.status, integer)',
    /is VOLATILE/,
  ],
  [
    'DROP FUNCTION shop.total; CREATE FUNCTION shop.total(shop.status, integer) RETURNS bigint STABLE SECURITY DEFINER RETURN 1',
    'function',
    'function shop.total(shop.status, integer)',
    /returns bigint, not setof int8/,
  ],
  ['DROP EXTENSION pg_trgm CASCADE', 'extension', 'extension pg_trgm', /is not installed/],
];

testKind(
  {
    view: { kind: 'structure.view', view: 'shop.open_tasks', columns: ['title', 'id'] },
    materialized: {
      kind: 'structure.view',
      view: 'shop.task_counts',
      columns: ['status'],
      materialized: true,
      populated: true,
    },
    policies: {
      kind: 'structure.policies',
      table: 'shop.tasks',
      commands: ['select', 'insert', 'update', 'delete'],
      policies: { tasks_see: 'select', tasks_all: 'all' },
    },
    'odd-policies': { kind: 'structure.policies', table: odd, policies: { 'se e': 'select' } },
    trigger: {
      kind: 'structure.trigger',
      table: 'shop.tasks',
      trigger: 'tasks_touch',
      events: ['update'],
      timing: 'before',
      function: 'shop.touch()',
    },
    partitions: {
      kind: 'structure.trigger',
      table: 'shop.events',
      events: ['update', 'delete'],
      timing: 'before',
    },
    truncate: {
      kind: 'structure.trigger',
      table: 'shop.events',
      trigger: 'events_keep_all',
      events: ['truncate'],
      timing: 'before',
      function: 'shop.keep',
    },
    'odd-trigger': {
      kind: 'structure.trigger',
      table: odd,
      trigger: 'tou ch',
      events: ['insert', 'update'],
      timing: 'before',
    },
    function: {
      kind: 'structure.function',
      function: 'shop.total(shop.status, integer)',
      returns: 'setof int8',
      security: 'definer',
      volatility: 'stable',
    },
    'trigger-function': {
      kind: 'structure.function',
      function: 'shop.touch()',
      returns: 'trigger',
      security: 'invoker',
      volatility: 'volatile',
    },
    extension: { kind: 'structure.extension', name: 'pg_trgm' },
  },
  broken,
);

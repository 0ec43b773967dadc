import { canonical, readable, sha256, wellFormed } from '../../src/evidence/canonical.ts';
import {
  type Breach,
  Entry,
  type Evidence,
  type Plan,
  type PlannedClaim,
  planSchema,
  type StoredRecord,
} from '../../src/evidence/model.ts';
import { drillTimeline, restoreTimeline } from './drill-sample.ts';

/** Evidence as a run would leave it, made without a server. Everything in it follows from the arguments. */
export interface SampleOptions {
  /** Tables with access claims: each has four commands, and each command as many observations as there are actors. */
  readonly tables?: number;
  readonly actors?: number;
  /** `all`: every kind of verdict; `proved`: nothing goes wrong. */
  readonly verdicts?: 'all' | 'proved';
  /** `died`: neither verdicts of the last claims nor an end record; `interrupted`: an end record that says so. */
  readonly ends?: 'well' | 'died' | 'interrupted';
  /** Names and values that try to break out of every format. */
  readonly hostile?: boolean;
  /** With recovery drills: a failover and its counterexample, and a restore. */
  readonly drills?: boolean;
  readonly run?: string;
}

export const hostileText =
  '<script>alert(1)</script> "\'&amp; ]]> <!-- \u202Egnp.exe\u202C \u0000\u0007\u001B[31mred\uFFFE \uD800 \u2028 </style></pre>';

const start = Date.parse('2026-03-01T02:10:00.000Z');

export function sampleEvidence(options: SampleOptions = {}): Evidence {
  const plan = wellFormed(samplePlan(options));
  return chained(plan, sampleEntries(options));
}

/** Numbers and chains entries as the writer does. */
export function chained(plan: Plan, entries: readonly Entry[]): Evidence {
  let prev = sha256(readable(plan));
  const records: StoredRecord[] = [];
  for (const [seq, entry] of entries.entries()) {
    const content = {
      seq,
      at: new Date(start + 100 + seq * 7).toISOString(),
      prev,
      entry: Entry.parse(wellFormed(entry)),
    };
    const hash = sha256(canonical(content));
    records.push({ ...content, hash });
    prev = hash;
  }
  return { plan, records, digest: prev };
}

export function samplePlan(options: SampleOptions = {}): Plan {
  const text = options.hostile === true ? hostileText : '';
  return {
    schema: planSchema,
    run: options.run ?? '20260301T021000Z-a1b2c3',
    design: `saas-gcp${text}`,
    title: `SaaS on Google Cloud SQL${text}`,
    scenario: 'pull-request',
    seed: 42,
    scale: 1,
    on: 'auto',
    startedAt: new Date(start).toISOString(),
    tool: { name: 'pgattest', version: '0.1.0', node: '20.19.4' },
    inputs: {
      'design.ts': sha256('design'),
      'migrations/010_schema.sql': sha256('schema'),
      [`migrations/020_policies${text}.sql`]: sha256('policies'),
    },
    commit: '4f1c2d3e4a5b6c7d8e9f0a1b2c3d4e5f60718293',
    operator: `ci${text}`,
    claims: sampleClaims(options).map((one) => one.planned),
    notAssessed: [
      {
        says: `Sessions are cached in Redis for 15 minutes.${text}`,
        source: { file: `saas.md${text}`, lines: [1101, 1107] },
        reason: 'another product',
      },
    ],
  };
}

type Case = 'proved' | 'breach' | 'missed' | 'unexercised' | 'needs' | 'outside' | 'drill';

interface SampleClaim {
  readonly planned: PlannedClaim;
  readonly case: Case;
  readonly table: string;
  readonly command: string;
}

const commands = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
const names = ['projects', 'tasks', 'comments', 'organizations', 'attachments', 'notifications', 'task_keys'];
const who: readonly (readonly [string, string])[] = [
  ['anonymous', 'nobody: no user id is set'],
  ['outsider', 'a live user without any membership'],
  ['viewer', 'viewer of tenant 2'],
  ['member', 'member of tenant 2'],
  ['admin', 'admin of tenant 2'],
  ['owner', 'owner of tenant 2'],
  ['other_owner', 'owner of tenant 3'],
  ['system_admin', 'live user with the role admin'],
  ['suspended_member', 'member of tenant 2, suspended'],
  ['deleted_user', 'user whose deleted_at is set'],
  ['pending_member', 'invited to tenant 2, not yet accepted'],
];

function sampleClaims(options: SampleOptions): SampleClaim[] {
  const text = options.hostile === true ? hostileText : '';
  const all = (options.verdicts ?? 'all') === 'all';
  const claims: SampleClaim[] = [];
  for (const table of tablesOf(options)) {
    for (const command of commands) {
      const at = claims.length;
      const kind: Case = !all
        ? 'proved'
        : at === 0 || at === 6
          ? 'breach'
          : at === 3
            ? 'missed'
            : at === 5
              ? 'unexercised'
              : 'proved';
      claims.push({
        planned: {
          id: `saas.rls.${table.replace('app.', '')}.${command.toLowerCase()}`,
          says: `Each actor can ${command} exactly those rows of ${table} that its memberships give it${text}`,
          family: 'access',
          controls: ['SOC2:CC6.1', 'ISO27001:8.3', 'GDPR:32(1)(b)'],
          source: { file: `saas.md${text}`, lines: [120 + at * 6, 124 + at * 6] },
          check: `access.${command.toLowerCase()}`,
          selected: true,
        },
        case: kind,
        table,
        command,
      });
    }
  }
  const other = (
    id: string,
    family: PlannedClaim['family'],
    says: string,
    kind: Case,
    left?: string,
  ): SampleClaim => ({
    planned: {
      id,
      says,
      family,
      controls: family === 'load' ? ['SOC2:A1.1'] : ['SOC2:CC7.2'],
      source: { file: 'saas.md', lines: [700, 700] },
      ...(kind === 'needs' ? {} : { check: `${family}.rules` }),
      selected: left === undefined,
      ...(left !== undefined && { left }),
    },
    case: kind,
    table: 'app.projects',
    command: '',
  });
  claims.push(
    other(
      'saas.audit.projects',
      'audit',
      'Every change of a project leaves one record that names its actor',
      'proved',
    ),
  );
  if (all) {
    for (const name of ['rotation', 'residency', 'keys', 'backup'])
      claims.push(
        other(`saas.structure.${name}`, 'structure', `What the document says of ${name} holds`, 'needs'),
      );
    claims.push(
      other(
        'saas.load.reads',
        'load',
        'The design serves 50,000 reads a second',
        'outside',
        'belongs to the scenario nightly',
      ),
    );
    claims.push(
      other(
        'saas.recovery.rpo',
        'recovery',
        'No more than 5 minutes of writes are lost',
        'outside',
        'belongs to the scenario nightly',
      ),
    );
  }
  if (options.drills === true) {
    claims.push(
      other(
        'saas.recovery.failover',
        'recovery',
        `A killed primary costs no more than 5 minutes${text}`,
        'drill',
      ),
      other('saas.recovery.restore', 'recovery', 'The moment before a DELETE can be had back', 'drill'),
    );
  }
  return claims;
}

/** Their records come first, whatever else the run has. */
function drillEntries(options: SampleOptions): Entry[] {
  if (options.drills !== true) return [];
  const text = options.hostile === true ? hostileText : '';
  const finding = { type: 'finding' as const, trial: 'baseline', unexercised: [], milliseconds: 31_200 };
  const [failover, restore] = ['saas.recovery.failover', 'saas.recovery.restore'] as const;
  const fault = `commits-unsent${text}`;
  const lost: Breach = {
    says: `412 acknowledged commits are lost${text}`,
    object: 'what was acknowledged',
    expected: 'none',
    actual: '412 lost',
  };
  return [
    { ...finding, claim: failover, outcome: 'held', breaches: [], timeline: drillTimeline({ text }) },
    {
      ...finding,
      claim: failover,
      trial: fault,
      outcome: 'broken',
      breaches: [lost],
      timeline: drillTimeline({ text, broken: true }),
    },
    {
      type: 'counterexample',
      claim: failover,
      fault,
      says: `WAL is not sent${text}`,
      noticed: true,
      by: lost.says,
    },
    { type: 'verdict', claim: failover, verdict: 'proved' },
    { ...finding, claim: restore, outcome: 'held', breaches: [], timeline: restoreTimeline() },
    { type: 'verdict', claim: restore, verdict: 'unproved', reason: 'no counterexample to try' },
  ];
}

function tablesOf(options: SampleOptions): string[] {
  return Array.from({ length: options.tables ?? 4 }, (_, index) => `app.${names[index] ?? `table_${index}`}`);
}

function actorsOf(options: SampleOptions): (readonly [string, string])[] {
  const text = options.hostile === true ? hostileText : '';
  const count = options.actors ?? who.length;
  return Array.from({ length: count }, (_, index) => {
    const [name, says] = who[index] ?? [`actor_${index}`, `member of tenant ${index}`];
    return [index === 1 ? `${name}${text}` : name, `${says}${text}`] as const;
  });
}

function sampleEntries(options: SampleOptions): Entry[] {
  const claims = sampleClaims(options).filter((claim) => claim.planned.selected && claim.case !== 'drill');
  const died = options.ends === 'died';
  const run = died ? claims.slice(0, Math.ceil(claims.length / 2)) : claims;
  const entries: Entry[] = [environment(options), population(options), ...drillEntries(options)];
  for (const [index, claim] of run.entries())
    entries.push(...claimEntries(claim, options, died && index === run.length - 1));
  const refuted = run.some((claim) => claim.case === 'breach');
  const unproved = run.some((claim) => ['missed', 'unexercised', 'needs'].includes(claim.case));
  if (options.ends === 'interrupted')
    entries.push({ type: 'end', complete: false, reason: 'interrupted by SIGINT', exitCode: 130 });
  else if (!died) entries.push({ type: 'end', complete: true, exitCode: refuted ? 1 : unproved ? 3 : 0 });
  return entries;
}

function environment(options: SampleOptions): Entry {
  const text = options.hostile === true ? hostileText : '';
  return {
    type: 'environment',
    source: 'local',
    why: 'PostgreSQL 15 is installed, and Docker is not',
    server:
      'PostgreSQL 15.14 (Debian 15.14-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc 12.2.0, 64-bit',
    database: `saas${text}`,
    settings: {
      shared_buffers: { design: '8GB', here: '128MB', why: `scaled to the memory of this machine${text}` },
      max_connections: { design: '500', here: '50', why: 'one client at a time is enough for policies' },
      fsync: { here: 'off', why: 'the cluster is thrown away after the run' },
      work_mem: { design: '16MB', here: '16MB' },
      row_security: { design: 'on', here: 'on' },
    },
    notes: [
      'fsync, synchronous_commit and full_page_writes are off: the cluster is thrown away after the run',
      'one primary, no replica, no pooler',
    ],
    machine: { os: 'linux', arch: 'x64', cores: 2, memoryBytes: 8_321_499_136 },
    catalog: sha256('catalog'),
  };
}

function population(options: SampleOptions): Entry {
  const tables = Object.fromEntries(tablesOf(options).map((table, index) => [table, 37 * (index + 1) ** 3]));
  return {
    type: 'population',
    tables: { ...tables, 'audit.log': 5120, 'auth.password_reset_tokens': 12 },
    actors: Object.fromEntries(actorsOf(options)),
  };
}

const rule = `where exists (select from app.organization_members m where m.organization_id = "row".organization_id and m.user_id = actor.user_id and m.status = 'active')`;

function claimEntries(claim: SampleClaim, options: SampleOptions, unfinished: boolean): Entry[] {
  const id = claim.planned.id;
  if (claim.case === 'needs') {
    return [{ type: 'verdict', claim: id, verdict: 'unproved', reason: 'no check is written for it yet' }];
  }
  const entries: Entry[] = [...observations(claim, options, 'baseline')];
  if (unfinished) return entries;
  const breaches = claim.case === 'breach' ? breachesOf(claim, options) : [];
  const unexercised =
    claim.case === 'unexercised' ? [`no row is refused because of it: "row".deleted_at IS NULL`] : [];
  entries.push({
    type: 'finding',
    claim: id,
    trial: 'baseline',
    outcome: breaches.length > 0 ? 'broken' : unexercised.length > 0 ? 'not-exercised' : 'held',
    breaches,
    unexercised,
    milliseconds: 41.125,
  });
  if (breaches.length === 0) entries.push(...trials(claim, options));
  entries.push({ type: 'verdict', claim: id, ...verdictOf(claim) });
  return entries;
}

function verdictOf(claim: SampleClaim): { verdict: 'proved' | 'refuted' | 'unproved'; reason?: string } {
  switch (claim.case) {
    case 'breach':
      return { verdict: 'refuted', reason: '3 breaches' };
    case 'missed':
      return { verdict: 'unproved', reason: 'the counterexample trigger-disabled went unnoticed' };
    case 'unexercised':
      return { verdict: 'unproved', reason: 'not exercised: the data holds no deleted row' };
    default:
      return { verdict: 'proved' };
  }
}

function observations(claim: SampleClaim, options: SampleOptions, trial: string): Entry[] {
  const broken = claim.case === 'breach' || trial !== 'baseline';
  const all = actorsOf(options).map(([actor], index): Entry => {
    const rows = (index * 7) % 23;
    const agrees = !(broken && index === 1);
    const tuple =
      claim.command === 'SELECT'
        ? `${rows} rows ${rule}`
        : index % 3 === 0
          ? '42501 by policy'
          : `done, ${rows} rows`;
    return {
      type: 'observation',
      claim: claim.planned.id,
      trial,
      subject: claim.table,
      actor,
      ...(claim.command !== '' && { command: claim.command }),
      way: claim.command === 'SELECT' ? 'SELECT' : 'every column, every tenant',
      role: 'app_user',
      statement: `SELECT count(*)::int AS rows,\n       md5(string_agg(md5("row"::text), '' ORDER BY id)) AS digest\nFROM ${claim.table} AS "row"`,
      expected: tuple,
      actual: agrees ? tuple.replace(` ${rule}`, '') : `${rows + 5} rows`,
      agrees,
      tried: rows,
    };
  });
  return trial === 'baseline' ? all : all.slice(0, 2);
}

function trials(claim: SampleClaim, options: SampleOptions): Entry[] {
  const faults = [
    [
      'policy-dropped',
      `The policy ${claim.table}_policy is dropped`,
      `DROP POLICY projects_policy ON ${claim.table}`,
    ],
    [
      'policy-true',
      `The policy ${claim.table}_policy lets everything through`,
      `ALTER POLICY projects_policy ON ${claim.table} USING (true)`,
    ],
    [
      'trigger-disabled',
      `The trigger guard_projects is disabled`,
      `ALTER TABLE ${claim.table} DISABLE TRIGGER guard_projects`,
    ],
  ] as const;
  return faults.flatMap(([name, says, statement]): Entry[] => {
    const noticed = !(claim.case === 'missed' && name === 'trigger-disabled');
    const fault = `${name} ${claim.table}`;
    return [
      ...(noticed ? observations(claim, options, fault) : []),
      {
        type: 'finding',
        claim: claim.planned.id,
        trial: fault,
        outcome: noticed ? 'broken' : 'held',
        breaches: noticed ? breachesOf(claim, options).slice(0, 1) : [],
        unexercised: [],
        milliseconds: 12.5,
      },
      {
        type: 'counterexample',
        claim: claim.planned.id,
        fault,
        says,
        statement,
        noticed,
        ...(noticed && { by: `outsider reads 5 rows of ${claim.table} that the rule does not give it` }),
      },
    ];
  });
}

function breachesOf(claim: SampleClaim, options: SampleOptions): Breach[] {
  const text = options.hostile === true ? hostileText : '';
  const reproduce = [
    'BEGIN;',
    `SELECT set_config('app.current_user_id', '7b1f3c52-0d5e-4f6a-9a77-2f1f8f0a1c11', true);`,
    'SET LOCAL SESSION AUTHORIZATION app_user;',
    `SELECT id, name, organization_id FROM ${claim.table} WHERE id::text = '0b7b0e8e-3f0e-4a53-8a34-9f0b7f3b2a10'; -- expected: no row${text}`,
    'ROLLBACK;',
  ].join('\n');
  return [
    {
      says: `outsider reads 5 rows of ${claim.table} that the rule does not give it${text}`,
      actor: `outsider${text}`,
      object: `policy projects_select_policy on ${claim.table}${text}`,
      row: '0b7b0e8e-3f0e-4a53-8a34-9f0b7f3b2a10 and 4 more',
      expected: 'no row: members read the projects of their organizations',
      actual: '12 rows read, 7 right',
      reproduce,
    },
    {
      says: `deleted_user can read the secret column settings of ${claim.table}, which nobody may`,
      actor: 'deleted_user',
      object: `grants on ${claim.table} to app_user`,
      expected: '42501 by privilege',
      actual: 'done, 1 row',
    },
    { says: 'something without an actor went wrong', object: claim.table, expected: 'this', actual: 'that' },
  ];
}

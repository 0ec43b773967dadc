import { z } from 'zod';
import { Source } from '../evidence/model.ts';
import { Family } from '../evidence/verdict.ts';

const text = z.string().min(1);
const lines = z.tuple([z.int().positive(), z.int().positive()]);
const callable = z.custom<(...values: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
);

const rule = { says: text, lines: lines.optional(), by: z.array(text).optional() };
const NeverRule = z.strictObject({ ...rule, never: z.literal('privilege') });
const RowRule = z.strictObject({ ...rule, where: text });
const InsertRule = z.strictObject({ ...rule, where: text, columns: z.array(text).optional() });
const UpdateRule = z.strictObject({ ...rule, where: text, to: text, columns: z.array(text).min(1) });

export const AccessRulesSchema = z.strictObject({
  table: text,
  key: z.array(text).min(1),
  secret: z.array(text).optional(),
  select: z.union([NeverRule, RowRule]),
  insert: z.union([NeverRule, InsertRule]),
  update: z.union([NeverRule, UpdateRule]),
  delete: z.union([NeverRule, RowRule]),
  guards: z.array(text).optional(),
  try: z.record(text, z.array(text).min(1)).optional(),
  lines: lines.optional(),
});

const AuditTrailSchema = z.strictObject({
  table: text,
  key: z.array(text).min(1),
  tableName: text,
  recordId: text,
  action: text,
  actor: text,
  oldValues: text,
  newValues: text,
  changedFields: text,
  at: text,
});

export const AuditRulesSchema = z.strictObject({
  trail: AuditTrailSchema,
  actorAttribute: text,
  guards: z.array(text),
  tables: z
    .array(
      z.strictObject({
        table: text,
        name: text,
        key: text,
        says: text,
        lines: lines.optional(),
        secret: z.array(text),
        ignored: z.array(text),
        change: z.strictObject({ column: text, to: text }),
        triggers: z.array(text).min(1),
      }),
    )
    .min(1),
});

const TenancySchema = z.strictObject({
  tables: z.record(text, text),
  actorTenants: text,
  shared: z.record(text, text).optional(),
  deciding: z.record(text, z.strictObject({ where: text, columns: z.array(text).min(1) })).optional(),
  oracles: z.array(z.strictObject({ constraint: text, reason: text })).optional(),
});

const ClaimSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9_.-]*$/, 'must be lower-case letters, digits, dots, hyphens, underscores'),
    says: text,
    source: Source,
    controls: z.array(text),
    family: Family,
    check: z.looseObject({ kind: text }).optional(),
    unproved: text.optional(),
  })
  .refine((claim) => (claim.check === undefined) !== (claim.unproved === undefined), {
    message: 'needs either a check or, without one, the reason in unproved',
  });

const place = z.union([text, z.instanceof(URL)]);

const DefectSchema = z
  .strictObject({
    id: z.string().regex(/^\d+[a-z]?$/, 'must be a number, with a letter for a part: 14b'),
    says: text,
    sql: place.optional(),
    settings: z.record(text, z.union([z.string(), z.number(), z.null()])).optional(),
    files: z.record(text, z.array(z.strictObject({ from: text, to: z.string() })).min(1)).optional(),
    catches: z
      .array(z.strictObject({ claim: text, names: text }))
      .min(1)
      .optional(),
    notAssessable: text.optional(),
  })
  .refine((defect) => (defect.catches === undefined) !== (defect.notAssessable === undefined), {
    message: 'needs either the claims that catch it or the reason in notAssessable',
  });

const WorkloadSchema = z.strictObject({
  statements: z.record(text, z.strictObject({ kind: z.enum(['read', 'write']), sql: text })),
  transactions: z.record(text, callable),
  mixes: z.record(text, z.record(text, z.number().positive())),
});

/** What `defineDesign` takes, checked key by key. Unknown keys are errors. */
export const DesignSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits, hyphens'),
  title: text,
  source: Source,
  postgres: z.strictObject({
    version: z.literal(15),
    settings: z.record(text, z.union([z.string(), z.number()])),
  }),
  topology: z.strictObject({
    replicas: z.int().nonnegative(),
    synchronous: z.int().positive().optional(),
    pooler: z
      .strictObject({
        mode: z.enum(['transaction', 'session', 'statement']),
        maxClients: z.int().positive(),
        poolSize: z.int().positive(),
        writer: text,
        reader: text.optional(),
        file: text.optional(),
      })
      .optional(),
    archive: z.strictObject({ timeout: text }).optional(),
  }),
  tier: z.strictObject({ name: text, memory: text, cores: z.int().positive() }).optional(),
  migrations: z.union([place, z.array(place).min(1)]),
  config: place.optional(),
  schemas: z.array(text).min(1),
  provedElsewhere: z.array(text).optional(),
  request: z.strictObject({
    role: text,
    attributes: z.record(text, text),
    session: callable,
    settingsLast: z.enum(['transaction', 'session']).optional(),
  }),
  logins: z.array(text),
  actors: callable,
  data: z.strictObject({
    tables: z.array(z.strictObject({ table: text, rows: callable, columns: z.record(text, callable) })),
    after: z.array(text).optional(),
  }),
  access: z.array(AccessRulesSchema),
  audit: AuditRulesSchema.optional(),
  tenancy: TenancySchema.optional(),
  targets: z.strictObject({
    readsPerSecond: z.number().positive().optional(),
    writesPerSecond: z.number().positive().optional(),
    rpo: text.optional(),
    rto: text.optional(),
  }),
  workload: WorkloadSchema.optional(),
  claims: z.array(ClaimSchema).min(1),
  waivers: z
    .array(z.strictObject({ claim: text, owner: text, reason: text, expires: z.iso.date() }))
    .optional(),
  notAssessed: z.array(z.strictObject({ says: text, source: Source, reason: text })).optional(),
  defects: z.array(DefectSchema).optional(),
  equivalentMutants: z.array(z.strictObject({ mutant: text, reason: text })).optional(),
});

/** Every check of the catalogue, with the sentence that says what it looks for. docs/checks has a page for each. */
export const titles = {
  'rls.disabled': 'A table that requests reach has no row security, while others of its kind have.',
  'rls.not-forced': 'Row security does not bind an owner that somebody logs in as.',
  'rls.no-permissive-policy': 'Row security without a permissive policy, on a table that is granted.',
  'policies.dormant': 'Policies of a table whose row security is off.',
  'policies.command-without-policy': 'A command that is granted, and no policy permits.',
  'policies.to-public': 'A policy for everyone lets in a role that the other policies leave out.',
  'policies.insert-without-check': 'New rows that nothing, or nothing of the session, is asked of.',
  'policies.constant': 'A condition that is always true.',
  'policies.no-restrictive-floor': 'A narrower permissive policy beside a wider one restricts nothing.',
  'policies.ignore-tenant': 'A policy that asks nothing about whose row it is.',
  'policies.not-initplan': 'A function that is called for each row, and need be called only once.',
  'policies.unindexed': 'The column that a policy compares with the session begins no index.',
  'tenant.nullable': 'The column that says whose row it is may be NULL.',
  'settings.unset': 'A setting of the session that is unset or empty opens a policy, or fails a cast.',
  'partitions.unlike-parent': 'A partition that can be asked by name is protected less than its parent.',
  'roles.bypass': 'A role that policies are meant for is not bound by them.',
  'views.owner-rights':
    'A view reads protected tables with the rights of an owner whom policies do not bind.',
  'exposed.materialized-or-foreign': 'Rows in a relation that cannot have row security are granted.',
  'functions.definer': 'A SECURITY DEFINER function that a caller can turn, or that everyone may call.',
  'functions.leakproof': 'A function of users that claims to be LEAKPROOF.',
  'grants.future': 'Tables to come are granted before they have row security.',
  'audit.event-missing': 'An audited table with an event that leaves no record.',
  'audit.trigger-weak': 'An audit trigger that does not fire for every change.',
  'audit.changeable': 'Records of the audit trail that can be changed, removed or forged.',
  'oracle.unique-or-foreign-key': 'A unique or foreign key tells whether a row of another tenant exists.',
  'index.foreign-key': 'A foreign key without an index.',
  'index.redundant': 'An index that another one makes needless.',
  'partition.none-for-now': 'A partitioned table without a place for rows of today.',
  'column.timestamp-without-time-zone': 'A time without a time zone.',
  'trigger.function-unused': 'A trigger function that no trigger runs.',
  'trigger.updated-at': 'updated_at without a trigger that maintains it.',
} as const;

export type CheckId = keyof typeof titles;
export const checkIds = Object.keys(titles) as readonly CheckId[];

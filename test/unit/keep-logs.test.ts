import { expect, test } from 'vitest';
import { withoutSecrets } from '../../src/scenarios/keep-logs.ts';

test.each([
  [`ALTER ROLE a PASSWORD 's3cret';`, `ALTER ROLE a PASSWORD '***';`],
  [
    `create role "a b" login password E'it''s' valid until 'x'`,
    `create role "a b" login password '***' valid until 'x'`,
  ],
  [`host=h password='s\\'3 cret' port=5432`, 'host=h password=*** port=5432'],
  ['host=h password=s3cret port=5432', 'host=h password=*** port=5432'],
  ['SCRAM-SHA-256$4096:c2FsdA==$a2V5:c2VydmVy', 'SCRAM-SHA-256$***'],
  [String.raw`ALTER ROLE a PASSWORD E'it\'s secret', x`, `ALTER ROLE a PASSWORD '***', x`],
  ['ALTER ROLE a PASSWORD $x$s$cret$x$', `ALTER ROLE a PASSWORD '***'`],
  [`conninfo = 'password=''se cret'' port=1'`, `conninfo = 'password=*** port=1'`],
  ['cannot reach postgres://u@s:pw@h:1/db', 'cannot reach postgres://u@s:***@h:1/db'],
  ['password authentication failed for user "x"', 'password authentication failed for user "x"'],
])('%s', (said, kept) => {
  expect(withoutSecrets(said)).toBe(kept);
});

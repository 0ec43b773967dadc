import { expect, test } from 'vitest';
import { hclFault, shellFault } from '../../src/parsers/go-parsers.ts';
import { quantityInWords } from '../../src/review/quantity.ts';
import { linesOf, reviewText } from './support.ts';

test('the two parsers in WebAssembly do not get in each other’s way', async () => {
  const faults = await Promise.all([
    shellFault('echo "x'),
    hclFault('a = 1\nb = \n'),
    shellFault('if true; then echo; fi'),
    hclFault('resource "a" "b" {\n  c = 1\n}\n'),
    shellFault('echo\nif'),
  ]);
  expect(faults.map((fault) => fault?.line)).toEqual([1, 2, undefined, undefined, 2]);
});

test.each([
  ['8GB (25% of 32GB RAM) in 8KB blocks', 8 * 1024 ** 3],
  ['25% of 32GB RAM', undefined],
  ['Log queries > 1 second', 1000],
  ['15 minutes', 900_000],
  ['SSD optimized', undefined],
])('the comment %j says %s', (comment, amount) => {
  expect(quantityInWords(comment)?.amount).toBe(amount);
});

test('settings, pooler, shell and HCL are checked at their lines', async () => {
  const review = await reviewText(
    `\`\`\`sql
SELECT 1;
ALTER SYSTEM SET work_mem = '999TB';
\`\`\`
\`\`\`ini
work_mem = 16XB
shared_bufers = 1GB
log_statement = everything
wal_level = replica
checkpoint_timeout = 15min # 10 minutes
\`\`\`
\`\`\`ini
[pgbouncer]
pool_mode = transactional
defaultt_pool_size = 25
auth_type = md5
\`\`\`
\`\`\`bash
if true; then
\`\`\`
\`\`\`hcl
resource "a" {
  b =
}
\`\`\`
\`\`\`env
DB_HOST=postgres
\`\`\`
`,
    { name: 'x.md' },
  );
  expect(linesOf(review, 'setting.value')).toEqual([3, 6, 8]);
  expect(linesOf(review, 'setting.unknown')).toEqual([7]);
  expect(linesOf(review, 'setting.comment-disagrees')).toEqual([10]);
  // By PgBouncer itself, or by its keys.
  expect(linesOf(review, 'pooler.refused', 'pooler.value', 'pooler.unknown')).toEqual([14, 15]);
  expect(linesOf(review, 'pooler.md5')).toEqual([16]);
  expect(linesOf(review, 'shell.syntax')).toEqual([19]);
  expect(linesOf(review, 'hcl.syntax')).toEqual([23]);
  expect(review.blocks.find(({ line }) => line === 27)?.assessed).toBe(false);
});

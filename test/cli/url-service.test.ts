import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withService } from '../../src/cli/service.ts';
import { maskUrls } from '../../src/cluster/mask-urls.ts';
import { readAddress } from '../../src/cluster/url/address.ts';

function serviceFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'service-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'services');
  writeFileSync(file, text);
  return file;
}

const file = () =>
  serviceFile(`# ours
[shop]
host=db.example.com
port = 6543
dbname=shop one
user=boss
[shop]
host=another
`);

test.each([
  ['postgres://?service=shop', {}, 'boss@db.example.com:6543/shop one'],
  ['postgres://', { PGSERVICE: 'shop' }, 'boss@db.example.com:6543/shop one'],
  ['postgres://me@here:1/other?service=shop', {}, 'me@here:1/other'],
  ['postgresql://me@/?service=shop', {}, 'me@db.example.com:6543/shop one'],
  ['postgres://me@here:1/other', {}, 'me@here:1/other'],
])('%s with %j leads to %s', (url, env, shown) => {
  expect(readAddress(withService(url, { PGSERVICEFILE: file(), ...env })).shown).toBe(shown);
});

test('a service that is in no file is said', () => {
  expect(() => withService('postgres://?service=none', { PGSERVICEFILE: file() })).toThrow(
    /^service none: is not in .*services; correct the name/,
  );
});

test.each([
  ['postgres://u:p@w@h:1/d', 'postgres://u:***@h:1/d'],
  [
    'option postgres://u:p@h/d?password=x&sslmode=require.',
    'option postgres://u:***@h/d?password=***&sslmode=require.',
  ],
  ['postgres://u@h:5432/d', 'postgres://u@h:5432/d'],
  ['postgres://h:5432/d', 'postgres://h:5432/d'],
  ['--on local', '--on local'],
])('%s is shown as %s', (text, shown) => {
  expect(maskUrls(text)).toBe(shown);
});

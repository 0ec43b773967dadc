import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { structureTerraform } from '../../../src/checks/structure/config/terraform.ts';
import type { ValidDesign } from '../../../src/design/validate.ts';
import type { Stand } from '../hostile/bench.ts';
import { expectBroken, expectHeld, expectProved, openShop } from './shop/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openShop();
});
afterAll(() => stand?.close());

const file = 'main.tf';
const instance = 'aws_db_instance.shop';

const patched = (from: string, to: string) => ({
  design: (design: ValidDesign): ValidDesign => {
    const text = design.config[file] ?? '';
    if (!text.includes(from)) throw new Error(`${from} is not in ${file}`);
    return { ...design, config: { ...design.config, [file]: text.replace(from, to) } };
  },
});

describe('attributes', () => {
  const check = {
    kind: 'structure.terraform',
    file,
    resource: instance,
    attributes: {
      instance_class: 'var.instance_class',
      allocated_storage: { atLeast: 400 },
      storage_encrypted: true,
      logs: '["a","b"]',
      deletion_protection: 'var.environment == "production"',
      final_snapshot: { lacks: 'timestamp\\(' },
      'backup.window.start': { matches: '^03:' },
      'tags.Role': 'Primary',
      labels: { absent: true },
      'backup.copies': { absent: true },
    },
  };

  test('hold, and each is noticed when it does not', async () => {
    expect(await expectProved(stand, check)).toBe(10);
  });

  test.each([
    ['= var.instance_class', '= "small"', 'instance_class', 'small'],
    ['= 400', '= 100', 'allocated_storage', '100'],
    ['  allocated_storage   = 400\n', '', 'allocated_storage', 'not there'],
    ['= 400', '= var.size', 'allocated_storage', 'var.size'],
    ['encrypted   = true', 'encrypted   = false', 'storage_encrypted', 'false'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is HCL
    ['-last"', '-${timestamp()}"', 'final_snapshot', expect.stringContaining('timestamp()')],
    ['["a", "b"]', '["a"]', 'logs', '["a"]'],
    ['"03:00"', '"04:00"', 'backup.window.start', '04:00'],
    ['"Primary"', '"Other"', 'tags.Role', 'Other'],
    ['  tags = {', '  labels = {\n    a = 1\n  }\n\n  tags = {', 'labels', '{"a":1}'],
    ['  backup {', '  backup {\n    copies = 3', 'backup.copies', '3'],
    [
      '  backup {',
      '  backup {\n    window {\n      start = "03:30"\n    }',
      'backup.window.start',
      '03:30, 03:00',
    ],
  ])('%j made %j is told', async (from, to, name, actual) => {
    const breach = await expectBroken(stand, check, patched(from, to));
    expect(breach.object).toBe(`${name} of ${instance} in file main.tf`);
    expect(breach.actual).toEqual(actual);
  });

  test.each([
    ['resource "aws_db_instance" "shop"', 'resource "aws_db_instance" "store"', 'no such resource'],
    ['  backup {', '  backup {{', expect.stringMatching(/^cannot be parsed: /)],
  ])('%j made %j is told', async (from, to, actual) => {
    expect(await expectBroken(stand, check, patched(from, to))).toMatchObject({
      object: `${instance} in file main.tf`,
      actual,
    });
  });

  test('a file that is not there is told', async () => {
    expect(await expectBroken(stand, { ...check, file: 'none.tf' })).toMatchObject({
      object: `${instance} in file none.tf`,
      actual: 'no such file',
    });
  });
});

describe('unique', () => {
  const check = {
    kind: 'structure.terraform',
    file,
    resource: 'aws_db_instance.replica',
    unique: 'identifier',
  };

  test('holds, and another of that name is noticed', async () => {
    expect(await expectProved(stand, check)).toBe(1);
  });

  test('another of that name is told', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is HCL
    const breach = await expectBroken(stand, check, patched('-replica-${count.index + 1}', '-shop'));
    expect(breach.actual).toBe('that of shop too');
  });
});

describe('settings', () => {
  const check = {
    kind: 'structure.terraform',
    file,
    resource: 'aws_db_parameter_group.shop',
    attributes: { 'parameter[name=max_connections].apply_method': 'pending-reboot' },
    settings: { block: 'parameter', except: ['shared_preload_libraries'] },
  };

  test('hold, and each is noticed when it does not', async () => {
    expect(await expectProved(stand, check)).toBe(12);
  });

  test.each([
    ['"16384"', '"16"', 'work_mem', '16 (in kB: 16kB)', '16MB'],
    ['/32768}', '/4096}', 'shared_buffers', '2097152 (in 8kB: 16GB)', '2GB'],
    ['"log_connections"', '"log_disconnections"', 'log_connections', 'not there', 'on'],
    [
      '"1.1"\n  }\n',
      '"1.1"\n  }\n  parameter {\n    name  = "jit"\n    value = "off"\n  }\n',
      'jit',
      'off',
      /^not there/,
    ],
  ])('%j made %j is told', async (from, to, name, actual, expected) => {
    const breach = await expectBroken(stand, check, patched(from, to));
    expect(breach.object).toBe(`${name} of aws_db_parameter_group.shop in file main.tf`);
    expect(breach.actual).toBe(actual);
    expect(breach.expected).toMatch(expected);
  });

  test('an amount may be written otherwise', async () => {
    await expectHeld(stand, check, patched('"16384"', '"16MB"'));
  });
});

test.each([
  { resource: 'shop' },
  { attributes: {} },
  { attributes: { 'a..b': 1 } },
  { attributes: { 'a[b].c': 1 } },
  { attributes: { a: { matches: '(' } } },
])('%j is refused', (wrong) => {
  const right = { kind: 'structure.terraform', file, resource: instance, attributes: { a: 1 } };
  expect(structureTerraform.parameters.safeParse(right).success).toBe(true);
  expect(structureTerraform.parameters.safeParse({ ...right, ...wrong }).success).toBe(false);
});

import { z } from 'zod';
import type { Fault } from '../../../faults/fault.ts';
import { FaultSpec } from '../../../faults/spec.ts';
import { hclJson } from '../../../parsers/go-parsers.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { specFaults } from '../behaviour/steps/spec-faults.ts';
import { type Look, type Looked, tell } from '../looked.ts';
import { attributeEdit, valueEdit } from './terraform/edits.ts';
import { describeActual, describeExpected, Expected, isAsExpected } from './terraform/expected.ts';
import { valueSpan } from './terraform/locate.ts';
import { isPath, show, valuesAt } from './terraform/path.ts';
import { lookAtSettings } from './terraform/settings.ts';

const path = z
  .string()
  .refine(isPath, { message: 'must be a path: settings.database_flags[name=work_mem].value' });

const fields = z.strictObject({
  kind: z.string(),
  file: z.string(),
  /** Type and name: `aws_db_instance.primary`. */
  resource: z.string().regex(/^[\w-]+\.[\w-]+$/, 'must be a type and a name: aws_db_instance.primary'),
  attributes: z.record(path, Expected).optional(),
  /** An attribute that no other resource of the type may have alike. */
  unique: path.optional(),
  /** Blocks of name and value that give the server the settings of the design, but for those of `except`. */
  settings: z.strictObject({ block: path, except: z.array(z.string()).optional() }).optional(),
  without: z.array(FaultSpec).min(1).optional(),
});
const parameters = fields.refine(
  ({ attributes = {}, unique, settings }) =>
    Object.keys(attributes).length > 0 || unique !== undefined || settings !== undefined,
  { message: 'needs attributes, unique or settings' },
);
type Claim = z.infer<typeof parameters>;

/** What a Terraform file asks the platform for; only the platform can tell whether it is so. */
export const structureTerraform = defineCheck({
  kind: 'structure.terraform',
  family: 'structure',
  says: 'a resource of a Terraform file has these attributes, a name of its own, and the settings of the design',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: (context, claim) => [...ownFaults(context, claim), ...specFaults(claim.without ?? [])],
});

type Resources = Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;

async function* look(context: CheckContext, claim: Claim): Look {
  const { file, resource } = claim;
  const text = context.design.config[file];
  const [type = '', name = ''] = resource.split('.');
  const resources = text === undefined ? 'no such file' : await resourcesOf(text);
  const node = typeof resources === 'string' ? resources : resources[type]?.[name]?.[0];
  if (typeof resources === 'string' || node === undefined) {
    const actual = typeof resources === 'string' ? resources : 'no such resource';
    const wrong = { says: `${file}: ${resource}: ${actual}`, object: `${resource} in file ${file}` };
    yield { subject: resource, at: file, expected: 'a resource', actual, wrong };
    return [];
  }
  for (const [each, is] of Object.entries(claim.attributes ?? {})) {
    const values = valuesAt(node, each);
    const [expected, actual] = [describeExpected(is), describeActual(values)];
    yield attribute(claim, each, expected, actual, isAsExpected(values, is));
  }
  if (claim.unique !== undefined) yield uniqueness(claim, claim.unique, node, resources[type] ?? {}, name);
  if (claim.settings !== undefined) yield* lookAtSettings(context, { node, resource, file }, claim.settings);
  return [];
}

async function resourcesOf(text: string): Promise<Resources | string> {
  try {
    return ((await hclJson(text)).resource ?? {}) as Resources;
  } catch (error) {
    return `cannot be parsed: ${(error as Error).message.split('\n')[0]}`;
  }
}

function attribute(
  { file, resource }: Claim,
  name: string,
  expected: string,
  actual: string,
  agrees: boolean,
): Looked {
  return {
    subject: `${resource} ${name}`,
    at: file,
    expected,
    actual,
    wrong: agrees
      ? undefined
      : {
          says: `${file}: ${name} of ${resource} is ${actual}, expected ${expected}`,
          object: `${name} of ${resource} in file ${file}`,
        },
  };
}

function uniqueness(
  claim: Claim,
  each: string,
  node: unknown,
  others: Resources[string],
  name: string,
): Looked {
  const own = valuesAt(node, each).map(show);
  const alike = Object.entries(others).filter(
    ([other, [there]]) => other !== name && valuesAt(there, each).some((value) => own.includes(show(value))),
  );
  const expected = `${own.join(', ') || 'a value'} of no other resource`;
  const actual =
    alike.length > 0 ? `that of ${alike.map(([other]) => other).join(', ')} too` : own.join(', ');
  return attribute(claim, each, expected, actual || 'not there', own.length > 0 && alike.length === 0);
}

/** For each expectation, the file as it must not be. */
function ownFaults({ design }: CheckContext, claim: Claim): readonly Fault[] {
  const { file, resource, attributes = {}, unique, settings } = claim;
  const text = design.config[file] ?? '';
  const place = { file, text, resource };
  const names =
    settings === undefined
      ? []
      : Object.keys(design.postgres.settings).filter((each) => !settings.except?.includes(each));
  return [
    ...Object.entries(attributes).flatMap(([each, is]) => attributeEdit(place, each, is)),
    ...names.flatMap((name) => valueEdit(place, `${settings?.block}[name=${name}].value`, '"pgattest odd"')),
    ...(unique === undefined
      ? []
      : otherNames(text, resource, unique).flatMap((to) => valueEdit(place, unique, to))),
  ];
}

/** What the attribute is in other resources of the type, as the file writes it. */
function otherNames(text: string, resource: string, unique: string): readonly string[] {
  const [type = ''] = resource.split('.');
  return [...text.matchAll(new RegExp(`^resource\\s+"${type}"\\s+"([\\w-]+)"`, 'gm'))].flatMap(([, name]) => {
    const other = `${type}.${name}`;
    const span = other === resource ? undefined : valueSpan(text, other, unique);
    return span === undefined ? [] : [text.slice(span.from, span.to)];
  });
}

import type { Catalog } from '../catalog/catalog.ts';
import { ConfigError } from '../design/config-error.ts';
import type { ValidDesign } from '../design/validate.ts';
import { parsePredicate } from './access/predicate.ts';

/** SQL of a design that says what is right: an expression or a query. */
export interface Said {
  readonly at: string;
  readonly text: string;
}

/** A rule that calls what it judges would agree with it whatever it does. Throws ConfigError for one that calls the design's own. */
export function refuseOwnFunctions(design: ValidDesign, catalog: Catalog, { at, text }: Said): void {
  let functions: readonly string[];
  try {
    functions = parsePredicate(text).functions;
  } catch (error) {
    throw new ConfigError(design.file, `${at}: ${(error as Error).message}`, 'write one SQL condition', {
      cause: error,
    });
  }
  const own = catalog.functions.filter((routine) => !routine.fromExtension);
  const used = functions.find((name) =>
    own.some((routine) => name === routine.name || name === `${routine.schema}.${routine.name}`),
  );
  if (used === undefined) return;
  throw new ConfigError(
    design.file,
    `${at}: calls ${used}, a function of the design`,
    'say it over base tables: a rule must not lean on what it judges',
  );
}

/** What a design says of tenants, and of the functions that requests may run. */
export function saidBesidesRules({ tenancy, claims }: ValidDesign): readonly Said[] {
  const record = (at: string, texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([name, text]) => ({ at: `${at}['${name}']`, text }));
  return [
    ...(tenancy === undefined
      ? []
      : [
          ...record('tenancy.tables', tenancy.tables),
          { at: 'tenancy.actorTenants', text: tenancy.actorTenants },
          ...record('tenancy.shared', tenancy.shared ?? {}),
          ...Object.entries(tenancy.deciding ?? {}).map(([name, { where }]) => ({
            at: `tenancy.deciding['${name}'].where`,
            text: where,
          })),
        ]),
    ...claims.flatMap(({ check }, index) =>
      check?.kind === 'access.functions' ? ofFunctionRules(check.rules, `claims[${index}].check.rules`) : [],
    ),
  ];
}

/** Its own schema reads the rules later; here they are whatever a design may hold. */
function ofFunctionRules(rules: unknown, at: string): readonly Said[] {
  return Object.entries(rules ?? {}).flatMap(([name, rule]) =>
    ['args', 'returns', 'rows', 'holds', 'allowed'].flatMap((part) => {
      const text: unknown = (rule as Readonly<Record<string, unknown>>)[part];
      return typeof text === 'string' ? [{ at: `${at}['${name}'].${part}`, text }] : [];
    }),
  );
}

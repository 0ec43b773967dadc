import { z } from 'zod';
import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import { literal } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, tell } from '../looked.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** `schema.name(argument types)` */
  function: z.string().regex(/\(.*\)$/s, 'schema.name(argument types)'),
  /** A type, `SETOF` a type, or `TABLE(…)` as PostgreSQL prints it. */
  returns: z.string().optional(),
  security: z.enum(['definer', 'invoker']).optional(),
  volatility: z.enum(['immutable', 'stable', 'volatile']).optional(),
});
type Claim = z.infer<typeof parameters>;

/** A type is compared as a type: `int` is `integer`. */
const statement = `
  SELECT pg_get_function_result(p.oid) AS returns,
         coalesce(p.prorettype = to_regtype(regexp_replace($2, '^setof\\s+', '', 'i'))
                  AND p.proretset = ($2 ~* '^setof\\s'), false) AS "sameType",
         CASE WHEN p.prosecdef THEN 'definer' ELSE 'invoker' END AS security,
         CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility
  FROM pg_catalog.pg_proc AS p WHERE p.oid = to_regprocedure($1)`;

/** A function is there, as it was declared. What it does is for the behaviour checks. */
export const structureFunction = defineCheck({
  kind: 'structure.function',
  family: 'structure',
  says: 'the function is there, with its result, security and volatility',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: (_, claim): readonly Fault[] => [
    faults['routine-dropped'](claim.function),
    ...(claim.security === undefined
      ? []
      : [
          faults['routine-altered'](
            claim.function,
            claim.security === 'definer' ? 'SECURITY INVOKER' : 'SECURITY DEFINER',
          ),
        ]),
    ...(claim.volatility === undefined
      ? []
      : [faults['routine-altered'](claim.function, claim.volatility === 'volatile' ? 'STABLE' : 'VOLATILE')]),
  ],
});

async function* look({ session }: CheckContext, claim: Claim): Look {
  const name = claim.function;
  const [row] = await session.query(statement, [name, claim.returns ?? '']);
  const plain = (text: unknown) => String(text).toLowerCase().replaceAll(/\s+/g, '');
  const differences =
    row === undefined
      ? ['is not there']
      : [
          ...(claim.returns === undefined ||
          row.sameType === true ||
          plain(row.returns) === plain(claim.returns)
            ? []
            : [`returns ${String(row.returns)}, not ${claim.returns}`]),
          ...(claim.security === undefined || row.security === claim.security
            ? []
            : [`is SECURITY ${String(row.security).toUpperCase()}`]),
          ...(claim.volatility === undefined || row.volatility === claim.volatility
            ? []
            : [`is ${String(row.volatility).toUpperCase()}`]),
        ];
  const wanted = [
    ...(claim.returns === undefined ? [] : [`returns ${claim.returns}`]),
    ...(claim.security === undefined ? [] : [`security ${claim.security}`]),
    ...(claim.volatility === undefined ? [] : [claim.volatility]),
  ];
  yield {
    subject: name,
    at: 'pg_proc',
    expected: ['there', ...wanted].join(', '),
    actual:
      row === undefined
        ? 'no such function'
        : `there, returns ${String(row.returns)}, security ${String(row.security)}, ${String(row.volatility)}`,
    wrong:
      differences.length === 0
        ? undefined
        : {
            says: `function ${name} ${differences.join(', ')}`,
            object: `function ${name}`,
            reproduce: `SELECT pg_get_functiondef(to_regprocedure(${literal(name)}));`,
          },
  };
  return [];
}

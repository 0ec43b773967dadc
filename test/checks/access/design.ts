import { type Claim, type Design, defineDesign } from '../../../src/index.ts';
import { hostile } from '../hostile/design.ts';
import { inSchema } from '../hostile/rules.ts';

const own = '"row".tenant::text';
const helper = `${inSchema('"is (admin)"')}()`;

const claim = (id: string, check: NonNullable<Claim['check']>): Claim => ({
  id: `hostile.rls.${id}`,
  says: `It holds: ${id}.`,
  source: { file: 'hostile.md' },
  controls: [],
  family: 'access',
  check,
});

/** Rules of the one function with more rights that requests may call, under names that need care. */
export const functionRules = {
  [helper]: {
    says: 'The actor is an admin.',
    returns: `EXISTS (SELECT FROM ${inSchema('"user"')} AS u WHERE u."i d" = actor.id AND u."admin")`,
  },
};

/** The hostile design, with what the access rules say of all tables together. */
export const whole: Design = defineDesign({
  ...hostile,
  tenancy: {
    tables: {
      [inSchema('"user"')]: own,
      [inSchema('"select"')]: own,
      [inSchema('"ac count"')]: own,
      [inSchema('"Ev ent"')]: own,
      [inSchema('"only unique"')]: own,
    },
    oracles: [{ constraint: 'ac count_pkey', reason: 'Numbers are given out in a row.' }],
    actorTenants: `SELECT actor."te nant"::text UNION
      SELECT u.tenant::text FROM ${inSchema('"user"')} AS u WHERE u."i d" = actor.id`,
  },
  claims: [
    ...hostile.claims,
    claim('sessions', { kind: 'access.sessions' }),
    claim('functions', { kind: 'access.functions', rules: functionRules }),
    claim('non-interference', { kind: 'access.non-interference' }),
  ],
});

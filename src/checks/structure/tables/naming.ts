import { z } from 'zod';
import type { Session } from '../../../cluster/session.ts';
import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import { ident } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { staleExceptions } from '../indexes/foreign-keys.ts';
import { type Look, tell } from '../looked.ts';
import { type NamedClass, type NamedObject, namedObjects } from './naming-classes.ts';

const pattern = z
  .string()
  .refine((text) => regexOf(text) !== undefined, 'a regular expression')
  .optional();
const parameters = z.strictObject({
  kind: z.string(),
  /** Absent: the design's. */
  schemas: z.array(z.string()).optional(),
  relations: pattern,
  columns: pattern,
  indexes: pattern,
  constraints: pattern,
  triggers: pattern,
  policies: pattern,
  functions: pattern,
  /** Names, or identities: `app.tasks`, `app.tasks.title`, `app.add(integer)`. */
  except: z.array(z.string()).optional(),
});
type Claim = z.infer<typeof parameters>;
const classes = Object.keys(namedObjects) as NamedClass[];

/** What is not named alike is not found. */
export const structureNaming = defineCheck({
  kind: 'structure.naming',
  family: 'structure',
  says: 'every object is named as the convention says',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: (context, claim): readonly Fault[] =>
    classes.flatMap((each) => {
      const text = claim[each];
      const odd = text === undefined ? undefined : oddName(text);
      if (odd === undefined) return [];
      return [
        faults['all-renamed'](`the first of ${each}`, async (session) => {
          const [first] = (await read(session, context, claim, each)).filter(
            (object) => !isExcepted(object, claim),
          );
          return first === undefined ? [] : [`${first.rename} ${ident(odd)}`];
        }),
      ];
    }),
});

async function read(
  session: Session,
  { design }: CheckContext,
  { schemas }: Claim,
  each: NamedClass,
): Promise<readonly NamedObject[]> {
  return (await session.query(namedObjects[each], [schemas ?? design.schemas])) as unknown as NamedObject[];
}

async function* look(context: CheckContext, claim: Claim): Look {
  const unexercised: string[] = [];
  const all: NamedObject[] = [];
  for (const each of classes) {
    const text = claim[each];
    if (text === undefined) continue;
    const convention = regexOf(text) ?? /(?!)/;
    const objects = await read(context.session, context, claim, each);
    all.push(...objects);
    const odd = objects.filter((object) => !convention.test(object.name) && !isExcepted(object, claim));
    yield {
      subject: each,
      at: 'names in the catalogue',
      expected: `each is like ${text}`,
      actual: `${objects.length - odd.length} of ${objects.length}`,
    };
    for (const { name, identity } of odd) {
      const object = `${singular[each]} ${identity}`;
      const wrong = { says: `${object} is not named like ${text}`, object };
      yield {
        subject: identity,
        at: 'names in the catalogue',
        expected: `like ${text}`,
        actual: name,
        wrong,
      };
    }
    if (objects.length === 0) unexercised.push(`there are no ${each}`);
  }
  return [
    ...unexercised,
    ...staleExceptions(claim.except, (name) =>
      all.some((each) => each.name === name || each.identity === name),
    ),
  ];
}

const singular: Readonly<Record<NamedClass, string>> = {
  relations: 'relation',
  columns: 'column',
  indexes: 'index',
  constraints: 'constraint',
  triggers: 'trigger',
  policies: 'policy',
  functions: 'function',
};

function isExcepted({ name, identity }: NamedObject, { except }: Claim): boolean {
  return except?.includes(name) === true || except?.includes(identity) === true;
}

/** A name that the convention does not allow; undefined when it allows all of these. */
function oddName(text: string): string | undefined {
  return ['Pgattest odd', 'pgattest_odd', '1', 'x'].find((name) => regexOf(text)?.test(name) === false);
}

function regexOf(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 'u');
  } catch {
    return undefined;
  }
}

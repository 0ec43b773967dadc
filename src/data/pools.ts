import type { Faker } from '@faker-js/faker';
import type { FakerPool } from '../design/data-plan.ts';
import { keyOf } from './key.ts';

/** Values in a pool. */
export const poolSize = 1000;

/** Every pool, drawn: what workers are given, so that each value is drawn once for all of them. */
export type DrawnPools = Readonly<Record<FakerPool, readonly string[]>>;

/** The pool of a name: always the same values for a seed. */
export type Pools = (pool: FakerPool) => readonly string[];

const draws = {
  firstName: (faker) => faker.person.firstName(),
  lastName: (faker) => faker.person.lastName(),
  company: (faker) => faker.company.name(),
  industry: (faker) => faker.commerce.department(),
  jobTitle: (faker) => faker.person.jobTitle(),
  phone: (faker) => faker.phone.number({ style: 'international' }),
  sentence: (faker) => faker.hacker.phrase(),
  paragraph: (faker) => faker.lorem.paragraph(3),
  productName: (faker) => faker.commerce.productName(),
  word: (faker) => faker.word.noun(),
  domain: (faker) => `${faker.internet.domainWord()}.example`,
  url: (faker) => `https://${faker.internet.domainWord()}.example/${faker.lorem.slug(2)}`,
  userAgent: (faker) => faker.internet.userAgent(),
  ip: (faker) => faker.internet.ipv4({ network: 'test-net-2' }),
  fileName: (faker) => faker.system.commonFileName(),
  city: (faker) => faker.location.city(),
  street: (faker) => faker.location.streetAddress(),
} as const satisfies Record<FakerPool, (faker: Faker) => string>;

/**
 * Pools of realistic values. Each is drawn when first asked for, from a Faker seeded with (seed, pool) alone: what
 * else is drawn, and when, does not matter. The English locale by itself, and only when data is filled: Faker with all
 * its locales takes longer to load than most commands take to run.
 */
export async function openPools(seed: number): Promise<Pools> {
  const { faker } = await import('@faker-js/faker/locale/en');
  const drawn = new Map<FakerPool, readonly string[]>();
  return (pool) => {
    let values = drawn.get(pool);
    if (values === undefined) {
      faker.seed([...keyOf('pool', seed, pool)]);
      values = Array.from({ length: poolSize }, () => draws[pool](faker));
      drawn.set(pool, values);
    }
    return values;
  };
}

/** Draws every pool of a seed: a tenth of a second. */
export async function drawPools(seed: number): Promise<DrawnPools> {
  const pools = await openPools(seed);
  const names = Object.keys(draws) as FakerPool[];
  return Object.fromEntries(names.map((name) => [name, pools(name)])) as unknown as DrawnPools;
}

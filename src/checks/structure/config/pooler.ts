import type { Breach } from '../../../evidence/model.ts';
import { faults } from '../../../faults/index.ts';
import { parseIni } from '../../../parsers/ini.ts';
import { judge } from '../../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { type Parameters, parameters, promises } from './pooler/promises.ts';
import { refusedBy } from './pooler/refused.ts';

/** The configuration of the connection pooler. */
export const structurePooler = defineCheck({
  kind: 'structure.pooler',
  family: 'structure',
  says: 'the configuration of PgBouncer is one that it takes, and holds what is promised',
  parameters,
  needs: [],
  tables: () => [],
  run: runPooler,
  faults: ({ design }, given) => {
    const made = promises(parseIni(design.config[given.file] ?? ''), given, design).map(({ fault }) => fault);
    const different = made.filter(
      ({ name }, index) => made.findIndex((each) => each.name === name) === index,
    );
    return [...different, faults['ini-changed'](given.file, 'pgbouncer', 'pool_size', '10')];
  },
});

async function* runPooler(
  { design }: CheckContext,
  given: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { file } = given;
  const text = design.config[file];
  const ini = parseIni(text ?? '');
  const refused = text === undefined ? ['no such file'] : refusedBy(ini);
  const taken = 'a file that PgBouncer takes';
  yield {
    subject: file,
    way: 'sections and keys',
    statement: file,
    expected: taken,
    actual: refused.length === 0 ? taken : refused.join('; '),
    agrees: refused.length === 0,
  };
  const breaches: Breach[] = refused.map((actual) => ({
    says: `${file} is refused: ${actual}`,
    object: `file ${file}`,
    expected: taken,
    actual,
  }));
  if (text === undefined) return judge(breaches, []);
  for (const { key, expected, actual, agrees } of promises(ini, given, design)) {
    yield { subject: file, way: 'value', statement: key, expected, actual, agrees };
    if (!agrees) {
      breaches.push({
        says: `${file}: ${key} is ${actual}, not ${expected}`,
        object: `${key} in file ${file}`,
        expected,
        actual,
      });
    }
  }
  return judge(breaches, []);
}

import { z } from 'zod';
import type { Breach } from '../../../evidence/model.ts';
import { FaultSpec } from '../../../faults/spec.ts';
import { judge } from '../../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { specFaults } from '../behaviour/steps/spec-faults.ts';
import { judgeRun } from './script/judge-run.ts';
import { runScript } from './script/run-script.ts';
import { Files, ScriptExpect, ScriptScenario, Stubs } from './script/scenario.ts';

const parameters = z
  .strictObject({
    kind: z.string(),
    file: z.string(),
    args: z.array(z.string()).optional(),
    /** `{folder}` is the folder in which it runs; also in arguments and stubs. */
    env: z.record(z.string(), z.string()).optional(),
    stubs: Stubs.optional(),
    files: Files.optional(),
    expect: ScriptExpect.optional(),
    /** Further runs; stubs, variables and files are added to those above. */
    scenarios: z.array(ScriptScenario).optional(),
    /** The object that a breach names; default: the file. */
    names: z.string().optional(),
    without: z.array(FaultSpec).min(1),
  })
  .refine(({ expect, scenarios = [] }) => expect !== undefined || scenarios.length > 0, {
    message: 'needs expect or scenarios',
  });
type Parameters = z.infer<typeof parameters>;

/** A script of the design, run with its outside world replaced. */
export const structureScript = defineCheck({
  kind: 'structure.script',
  family: 'structure',
  says: 'a script of the design does what it should, and fails when it could not do it',
  parameters,
  needs: [],
  tables: () => [],
  run: runScripts,
  faults: (_, { without }) => specFaults(without),
});

async function* runScripts(
  { design, host, stopAtFirstBreach }: CheckContext,
  given: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { file } = given;
  const object = given.names ?? `file ${file}`;
  const text = design.config[file];
  if (text === undefined) {
    const [expected, actual] = [`the file ${file}`, 'no such file'];
    yield { subject: file, way: 'read', statement: file, expected, actual, agrees: false };
    return judge([{ says: `${file} is not there`, object, expected, actual }], []);
  }
  const breaches: Breach[] = [];
  for (const scenario of scenariosOf(given)) {
    const { expect } = scenario;
    const result = await runScript(host, {
      file,
      text,
      args: scenario.args ?? given.args ?? [],
      env: { ...given.env, ...scenario.env },
      stubs: { ...given.stubs, ...scenario.stubs },
      files: { ...given.files, ...scenario.files },
      paths: [...(expect.left ?? []), ...(expect.gone ?? [])],
    });
    const statement = [`bash ${file}`, ...(scenario.args ?? given.args ?? [])].join(' ');
    for (const { what, expected, actual, agrees } of judgeRun(expect, result)) {
      yield { subject: file, way: `${scenario.says}: ${what}`, statement, expected, actual, agrees };
      if (agrees) continue;
      breaches.push({
        says: `${file}, ${scenario.says}: ${actual}, expected ${expected}`,
        object,
        expected,
        actual,
      });
      if (stopAtFirstBreach) return judge(breaches, []);
    }
  }
  return judge(breaches, []);
}

function scenariosOf({ expect, scenarios = [] }: Parameters): readonly ScriptScenario[] {
  return [...(expect === undefined ? [] : [{ says: 'all well', expect }]), ...scenarios];
}

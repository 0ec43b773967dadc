// Publishes the formats of evidence as JSON Schema, derived from the zod models.
// `node scripts/schema.js` writes reports/schema/*.json; `--check` fails when they are not up to date.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createJiti } from 'jiti';
import { z } from 'zod';

const jiti = createJiti(import.meta.url);
const { Manifest, Plan, StoredRecord, Summary } = await jiti.import('../src/evidence/index.ts');
const { MutationReport } = await jiti.import('../src/mutation/report.ts');
const { FindingsReport } = await jiti.import('../src/findings/model.ts');
const { DoctorReport } = await jiti.import('../src/cluster/doctor/model.ts');
const { Review } = await jiti.import('../src/review/model.ts');

const published = {
  evidence: [StoredRecord, 'One line of evidence.jsonl.'],
  plan: [Plan, 'plan.json: what a run set out to do, written before anything else.'],
  summary: [Summary, 'summary.json: the outcome of a run for machines.'],
  review: [Review, 'What pgattest review of a document prints with --format json.'],
  findings: [FindingsReport, 'What pgattest review of a database or a design prints with --format json.'],
  mutation: [MutationReport, 'One design of what pgattest mutate --json prints, which is an array of them.'],
  doctor: [DoctorReport, 'What pgattest doctor --json prints.'],
  manifest: [Manifest, 'manifest.json: the files of a finished run, written last.'],
};

const folder = new URL('../reports/schema/', import.meta.url);
await mkdir(folder, { recursive: true });
const check = process.argv.includes('--check');
for (const [name, [shape, description]] of Object.entries(published)) {
  const { $schema, ...rest } = z.toJSONSchema(shape, { target: 'draft-2020-12' });
  const schema = {
    $schema,
    $id: `urn:pgattest:schema:${name}:1`,
    title: `pgattest ${name}`,
    description,
    ...rest,
  };
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  const file = new URL(`${name}.schema.json`, folder);
  if (!check) await writeFile(file, text);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`reports/schema/${name}.schema.json is not up to date: run \`npm run schema\``);
    process.exitCode = 1;
  }
}

import pc from 'picocolors';
import { type DoctorReport, doctorSchema } from '../cluster/doctor/model.ts';
import type { PurposeName } from '../cluster/doctor/purpose-names.ts';
import { hasServer } from '../cluster/doctor/purposes.ts';
import { doctorFacts } from '../cluster/tools.ts';
import { exitCodes } from '../evidence/verdict.ts';
import { interruptible } from './interrupt.ts';
import { version } from './main.ts';
import { colorOf, print } from './output.ts';
import { renderDoctor } from './render-doctor.ts';

export interface DoctorCommandOptions {
  /** Name or path of a design. */
  readonly design?: string;
  readonly for?: readonly PurposeName[];
  readonly json?: boolean;
}

/**
 * `pgattest doctor`: exit code 0 when there is a PostgreSQL to use and everything is here that one asks for, by purpose or by design;
 * else 3.
 */
export async function doctor(options: DoctorCommandOptions): Promise<void> {
  const report = await interruptible((signal) => examine(options, signal));
  process.exitCode = report.ready ? exitCodes.proved : exitCodes.unproved;
  if (options.json === true) return print(JSON.stringify(report, null, 2));
  print(
    renderDoctor(report, {
      colors: pc.createColors(colorOf(process.stdout)),
      width: Math.min(process.stdout.columns ?? 80, 110),
    }),
  );
}

async function examine(
  { design: name, for: asked = [] }: DoctorCommandOptions,
  signal: AbortSignal,
): Promise<DoctorReport> {
  // Loaded only when there is a design: checks take longer to load than the machine to look at.
  const outlookOf =
    name === undefined ? undefined : await (await import('./doctor-design.ts')).forDesign(name);
  const facts = await doctorFacts({ env: process.env, signal });
  const outlook = outlookOf?.(facts) ?? null;
  return {
    schema: doctorSchema,
    tool: { name: 'pgattest', version: version() },
    ...facts,
    asked: [...new Set(asked)],
    design: outlook,
    ready:
      hasServer(facts.tools) &&
      facts.readiness.every(({ purpose, ready }) => ready || !asked.includes(purpose)) &&
      (outlook === null || outlook.hindered.length === 0),
  };
}

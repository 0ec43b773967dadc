import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import { ConfigError } from '../design/config-error.ts';
import { packageRoot } from '../design/load.ts';
import { type Scenario, ScenarioSchema } from './define.ts';

/** Names of the scenarios that come with pgattest. */
export function scenarioNames(): readonly string[] {
  return readdirSync(join(packageRoot, 'scenarios'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -3))
    .sort();
}

/** Loads a scenario by name. Throws ConfigError when there is none. */
export async function loadScenario(name: string): Promise<Scenario> {
  if (!scenarioNames().includes(name)) {
    throw new ConfigError(
      `--scenario ${name}`,
      'unknown scenario',
      `use one of ${scenarioNames().join(', ')}`,
    );
  }
  const file = join(packageRoot, 'scenarios', `${name}.ts`);
  const loaded = await createJiti(import.meta.url).import(file, { default: true });
  const parsed = ScenarioSchema.safeParse(loaded);
  if (!parsed.success) {
    throw new ConfigError(
      file,
      parsed.error.issues[0]?.message ?? 'not a scenario',
      'export default a Scenario',
    );
  }
  return parsed.data;
}

import { ConfigError } from '../design/config-error.ts';
import type { Claim } from '../design/design.ts';
import { loadDesign } from '../design/load.ts';
import { type DrillName, drillNames, drills } from '../recovery/drills/index.ts';
import { print } from './output.ts';
import { columns } from './render-columns.ts';
import { type RunCommandOptions, runLoaded } from './run.ts';

/** `pgattest drill`: one drill on one design, whether that has a claim of it or not. */
export async function drill(
  name: string | undefined,
  design: string | undefined,
  options: Omit<RunCommandOptions, 'scenario'>,
): Promise<void> {
  if (name === undefined) return list();
  const known = drillNames.find((each) => each === name);
  if (known === undefined) {
    throw new ConfigError(`drill ${name}`, 'unknown drill', `use one of ${drillNames.join(', ')}`);
  }
  if (design === undefined) {
    throw new ConfigError(`drill ${name}`, 'no design', 'name one, as pgattest list does');
  }
  const loaded = await loadDesign(design, process.cwd());
  const claims = [claimOf(known, loaded.design.name, loaded.design.source)];
  await runLoaded(
    { ...loaded, design: { ...loaded.design, claims, waivers: [] } },
    { ...options, scenario: 'drill' },
  );
}

function claimOf(name: DrillName, design: string, source: Claim['source']): Claim {
  return {
    id: `${design}.drill.${name}`,
    says: drills[name].says,
    family: 'recovery',
    controls: [],
    source,
    check: { kind: 'recovery.drill', drill: name },
  };
}

function list(): void {
  print(columns(drillNames.map((name) => [name, drills[name].says] as const)).join('\n'));
}

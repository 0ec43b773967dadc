import { ConfigError } from '../design/config-error.ts';
import type { NotAssessed } from '../design/design.ts';
import { builtInDesigns, loadDesign } from '../design/load.ts';
import { place } from '../report/text.ts';
import { print } from './output.ts';

/** `pgattest list` */
export async function list(
  name: string | undefined,
  options: { readonly json?: boolean; readonly notAssessed?: boolean },
): Promise<void> {
  const from = process.cwd();
  if (name === undefined && options.notAssessed === true) {
    throw new ConfigError('--not-assessed', 'of which design?', 'use pgattest list <design> --not-assessed');
  }
  if (name !== undefined) {
    const { design } = await loadDesign(name, from);
    if (options.notAssessed === true)
      return printNotAssessed(design.notAssessed ?? [], options.json === true);
    const claims = design.claims.map(({ id, says, family, controls, source, check, unproved }) => ({
      id,
      says,
      family,
      controls,
      source,
      ...(check === undefined ? { unproved } : { check: check.kind }),
    }));
    if (options.json === true) return print(JSON.stringify(claims, null, 2));
    const width = Math.max(...claims.map((claim) => claim.id.length));
    return print(claims.map((claim) => `${claim.id.padEnd(width)}  ${claim.says}`).join('\n'));
  }
  const designs = await Promise.all(
    builtInDesigns().map(async (builtIn) => {
      const { design } = await loadDesign(builtIn.name, from);
      return { name: design.name, title: design.title, claims: design.claims.length, source: design.source };
    }),
  );
  if (options.json === true) return print(JSON.stringify(designs, null, 2));
  const width = Math.max(...designs.map((design) => design.name.length));
  print(
    designs
      .map((design) => `${design.name.padEnd(width)}  ${design.title} (${design.claims} claims)`)
      .join('\n'),
  );
}

function printNotAssessed(list: readonly NotAssessed[], json: boolean): void {
  const lines = list.map(({ says, source, reason }) => `${place(source)}: ${says}\n    ${reason}`);
  print(json ? JSON.stringify(list, null, 2) : lines.join('\n'));
}

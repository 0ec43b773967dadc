import type { Catalog, Routine } from '../../catalog/catalog.ts';
import { oncePerCatalog } from '../../catalog/once.ts';

/** Bodies without comments; texts stay, since dynamic SQL is in them. */
export const bodies = oncePerCatalog(
  (catalog: Catalog): ReadonlyMap<string, string> =>
    new Map(
      catalog.functions
        .filter(({ fromExtension, language }) => !fromExtension && !['c', 'internal'].includes(language))
        .map(({ identity, source }) => [identity, withoutComments(source)]),
    ),
);

export const functionsByIdentity = oncePerCatalog(
  (catalog: Catalog): ReadonlyMap<string, Routine> =>
    new Map(catalog.functions.map((each) => [each.identity, each])),
);

export function bodyOf(catalog: Catalog, identity: string): string {
  return bodies(catalog).get(identity) ?? '';
}

function withoutComments(source: string): string {
  return source.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    found.startsWith('--') || found.startsWith('/*') ? ' ' : found,
  );
}

/** What one run of `pgattest review` says in SARIF 2.1.0. */
export interface SarifRun {
  readonly version: string;
  readonly rules: readonly { readonly id: string; readonly says: string }[];
  /** What of the run is neither rules nor results. */
  readonly besides?: Readonly<Record<string, unknown>>;
  readonly results: readonly unknown[];
}

/** The document, as text. */
export function sarifOf({ version, rules, besides = {}, results }: SarifRun): string {
  const sarif = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'pgattest review',
            version,
            rules: rules.map(({ id, says }) => ({ id, shortDescription: { text: says } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        ...besides,
        results,
      },
    ],
  };
  return `${JSON.stringify(sarif, null, 2)}\n`;
}

/** Where in a file: a path is a URI there. */
export function physicalLocation(file: string, startLine: number, endLine?: number) {
  return {
    artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) },
    region: { startLine, ...(endLine === undefined ? {} : { endLine }) },
  };
}

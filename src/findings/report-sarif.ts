import { checkIds, titles } from './ids.ts';
import type { FindingsReport, ReportedFinding } from './model.ts';

/** SARIF 2.1.0: the object as a logical location, and the line of the migration where it is known. */
export function renderFindingsSarif(report: FindingsReport): string {
  const sarif = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'pgattest review',
            version: report.tool.version,
            rules: checkIds.map((id) => ({ id, shortDescription: { text: titles[id] } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: report.notLookedAt.map(({ id, needs }) => ({
              level: 'warning',
              message: { text: `${id} was not looked at: it needs ${needs}` },
            })),
          },
        ],
        results: report.findings.map(result),
      },
    ],
  };
  return `${JSON.stringify(sarif, null, 2)}\n`;
}

function result({ id, severity, object, says, why, fix, place }: ReportedFinding) {
  const logicalLocations = [{ fullyQualifiedName: object.name, kind: object.kind }];
  return {
    ruleId: id,
    ruleIndex: checkIds.indexOf(id),
    level: severity,
    message: { text: `${says}: ${why}. Fix: ${fix}` },
    locations: [
      place === undefined
        ? { logicalLocations }
        : {
            physicalLocation: {
              artifactLocation: { uri: encodeURI(place.file.replaceAll('\\', '/')) },
              region: { startLine: place.line },
            },
            logicalLocations,
          },
    ],
  };
}

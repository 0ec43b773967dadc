import { checkIds, titles } from './ids.ts';
import type { FindingsReport, ReportedFinding } from './model.ts';
import { physicalLocation, sarifOf } from './sarif.ts';

/** SARIF 2.1.0: the object as a logical location, and the line of the migration where it is known. */
export function renderFindingsSarif(report: FindingsReport): string {
  return sarifOf({
    version: report.tool.version,
    rules: checkIds.map((id) => ({ id, says: titles[id] })),
    besides: {
      invocations: [
        {
          executionSuccessful: true,
          toolExecutionNotifications: report.notLookedAt.map(({ id, needs }) => ({
            level: 'warning',
            message: { text: `${id} was not looked at: it needs ${needs}` },
          })),
        },
      ],
    },
    results: report.findings.map(result),
  });
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
            physicalLocation: physicalLocation(place.file, place.line),
            logicalLocations,
          },
    ],
  };
}

import { parseOne } from '../../findings/tree.ts';
import type { Document } from '../blocks.ts';
import type { Finding } from '../model.ts';
import type { Step } from '../script.ts';

/** What the text itself shows, without a server. */
export function documentFindings(document: Document, steps: readonly Step[]): readonly Finding[] {
  return [...document.unclosed.map(unclosed), ...steps.flatMap(tiedToServer)];
}

function unclosed(line: number): Finding {
  return {
    rule: 'document.unclosed-fence',
    severity: 'warning',
    line,
    says: 'this fence is never closed: where its code ends is a guess',
    fix: 'close it',
  };
}

/** Statements that only work on one server, or only once on a server. */
function tiedToServer({ class: { kind }, line, endLine, text }: Step): readonly Finding[] {
  const place = { line, endLine };
  switch (kind) {
    case 'CreateRoleStmt':
      return [
        {
          ...place,
          rule: 'role.not-repeatable',
          severity: 'note',
          says: `roles belong to the server: CREATE ROLE ${parseOne(text)?.[1].role} fails for the second database on it`,
          fix: 'make it in a DO block, if pg_roles does not hold it',
        },
      ];
    case 'AlterDatabaseSetStmt':
      return [
        {
          ...place,
          rule: 'database.name-fixed',
          severity: 'note',
          says: `works in a database named ${parseOne(text)?.[1].dbname} alone, and for sessions that start after it`,
          fix: "EXECUTE format('ALTER DATABASE %I …', current_database()), and SET it for this session too",
        },
      ];
    default:
      return [];
  }
}

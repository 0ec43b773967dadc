import type { Claim } from '../design/design.ts';
import { globOf } from '../design/glob.ts';
import type { AccessRules } from '../design/rules.ts';

/** Which claims: a pattern of ids in which `*` stands for anything, or what they are about; several keys must all fit. */
export type Only =
  | string
  | {
      readonly family?: Claim['family'];
      /** As in the rules: `app.projects`. */
      readonly table?: AccessRules['table'];
      readonly command?: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';
      /** `SOC2:CC6.1`, or a standard alone: `SOC2`. */
      readonly control?: string;
    };

export function selects(only: Only | undefined, claim: Claim): boolean {
  if (only === undefined) return true;
  if (typeof only === 'string') return globOf(only).test(claim.id);
  const { family, table, command, control } = only;
  return (
    (family === undefined || claim.family === family) &&
    (table === undefined || claim.check?.table === table) &&
    (command === undefined || claim.check?.kind === `access.${command.toLowerCase()}`) &&
    (control === undefined ||
      claim.controls.some((each) => each === control || each.startsWith(`${control}:`)))
  );
}

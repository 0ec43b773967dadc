import type { Command } from '../catalog/catalog.ts';
import type { Fault } from '../faults/fault.ts';

/** One small change of a design's access or audit, which some claim must notice. */
export interface Mutant {
  /** Stable and readable: `saas.app.projects.projects_select_policy/conjunct-removed/2`. */
  readonly id: string;
  readonly operator: string;
  /** What is changed, for a message: `policy projects_select_policy on app.projects`. */
  readonly object: string;
  /** What scores are added up by: the table, view or function. */
  readonly group: string;
  /** One sentence: what is changed. */
  readonly says: string;
  /** SQL that makes the change, inside a transaction. */
  readonly statement: string;
  /** The text that differs, before and after. */
  readonly before: string;
  readonly after: string;
  readonly touches: Touches;
  /** Why, by the catalogue, nobody could see a difference; then it is not tried. */
  readonly equivalent?: string;
  /** The same where something else, such as a trigger, might bring one about: then it is tried. */
  readonly equivalentIfSurvives?: string;
  /** Why there is no SQL for it: the parser and the deparser do not agree on what it would be. */
  readonly unwritable?: string;
}

/** A mutant before it has its id, which counts those of one object and operator. */
export type Draft = Omit<Mutant, 'id'> & {
  /** The id without prefix, operator and number: `app.projects.projects_select_policy`. */
  readonly place: string;
};

/** What a mutant changes directly; what that leads to, dependencies say. */
export interface Touches {
  /** Relations whose access it may change, with the commands. */
  readonly access: readonly { readonly relation: string; readonly commands: readonly Command[] }[];
  /** The same, less likely. */
  readonly later: readonly { readonly relation: string; readonly commands: readonly Command[] }[];
  /** Functions, as the catalogue identifies them. */
  readonly functions: readonly string[];
  /** Relations whose triggers it changes. */
  readonly triggers: readonly TriggerTouched[];
  /** Kinds of structural claims that look at the like, wherever it is. */
  readonly kinds: readonly string[];
}

export interface TriggerTouched {
  readonly relation: string;
  /** Of the triggers there. */
  readonly names: readonly string[];
  /** It may have to do with the trail: all on it and on audited tables but guards of access. */
  readonly audit: boolean;
  /** Commands that it may have a say in: those it acts on, unless the audit rules name it. */
  readonly access: readonly Command[];
}

export const commands = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const satisfies readonly Command[];

export const nothing: Touches = { access: [], later: [], functions: [], triggers: [], kinds: [] };

/** SQL that is made of a tree, or why it cannot be. */
export function written(write: () => string): { readonly text: string; readonly unwritable?: string } {
  try {
    return { text: write() };
  } catch (error) {
    return { text: '', unwritable: (error as Error).message };
  }
}

/** The SQL of a mutant was refused: it says nothing of the claims. */
export class InvalidMutant extends Error {
  override readonly name = 'InvalidMutant';
}

/** No statement under a mutant may take longer: one that joins everything with everything is cut off, and stumbles. */
const timeout = '20s';

/** The mutant as a fault, undone by rolling back. An inject that throws InvalidMutant made no mutant. */
export function faultOf({ id, object, says, statement, unwritable }: Mutant): Fault {
  return {
    name: id,
    kind: 'mutant',
    object,
    says,
    statement,
    scope: 'transaction',
    inject: async ({ session }) => {
      if (unwritable !== undefined) throw new InvalidMutant(unwritable);
      try {
        await session.script(`SET LOCAL statement_timeout = '${timeout}'; ${statement}`);
      } catch (error) {
        throw new InvalidMutant((error as Error).message, { cause: error });
      }
    },
    heal: async () => {},
  };
}

import type { Command, Policy, Trigger } from '../catalog/catalog.ts';
import { relationOf } from './columns.ts';
import { embeddedTrees } from './embedded-trees.ts';
import { commands, type TriggerTouched } from './mutant.ts';
import type { Source } from './source.ts';
import { namesOf, parseExpression, parseStatements, places } from './tree.ts';

/** What one thing of the database refers to: functions by identity, relations by identity. */
interface References {
  readonly functions: ReadonlySet<string>;
  readonly relations: ReadonlySet<string>;
}

/** A relation and a command whose outcome may change. */
export interface Reached {
  readonly relation: string;
  readonly commands: readonly Command[];
}

/** Who asks whom: policies and views functions and relations, functions one another, triggers functions. */
export class Dependencies {
  readonly #source: Source;
  readonly #policies: ReadonlyMap<Policy, References>;
  readonly #views: ReadonlyMap<string, References>;
  readonly #functions: ReadonlyMap<string, References>;

  constructor(source: Source) {
    this.#source = source;
    const { catalog } = source;
    this.#policies = new Map(
      catalog.policies.map((policy) => {
        const trees = [policy.using, policy.withCheck].flatMap((text) =>
          text === null ? [] : [parseExpression(text)],
        );
        return [policy, this.#referencesOf(trees)];
      }),
    );
    this.#views = new Map(
      [...source.views].map(([view, text]) => [view, this.#referencesOf(parseStatements(text))]),
    );
    this.#functions = new Map(
      [...source.functions].map(([identity, definition]) => [
        identity,
        this.#referencesOf(embeddedTrees(definition)),
      ]),
    );
  }

  /** The audit trail. */
  get trail(): string | undefined {
    return this.#source.design.audit?.trail.table;
  }

  /** Whether a policy, a view or a trigger comes to run the function. */
  reaches(identity: string): boolean {
    return this.accessThrough([identity]).length > 0 || this.triggersThrough([identity]).length > 0;
  }

  /** Relations whose policies or views run one of these functions, directly or through others. */
  accessThrough(functions: readonly string[]): readonly Reached[] {
    const all = this.callers(functions);
    const calls = (references: References) => [...references.functions].some((each) => all.has(each));
    return [
      ...[...this.#policies].flatMap(([policy, references]) =>
        calls(references) ? [reachedBy(policy)] : [],
      ),
      ...[...this.#views].flatMap(([relation, references]) =>
        calls(references) ? [{ relation, commands }] : [],
      ),
    ];
  }

  /** Relations with a trigger that runs one of these functions, directly or through others. */
  triggersThrough(functions: readonly string[]): readonly TriggerTouched[] {
    const all = this.callers(functions);
    return this.touchedBy(this.#source.catalog.triggers.filter((trigger) => all.has(trigger.function)));
  }

  /** What a change of these triggers touches, each table once; a clone on a partition counts as its root's. */
  touchedBy(triggers: readonly Trigger[]): readonly TriggerTouched[] {
    const { audit, access } = this.#source.design;
    const found = new Map<string, TriggerTouched>();
    for (const { relation: own, name, events } of triggers) {
      const relation = this.#source.catalog.relations.find(({ identity }) => identity === own)?.root ?? own;
      const isTrail = relation === audit?.trail.table;
      const audited = audit?.tables.find(({ table }) => table === relation);
      const guards = access.find(({ table }) => table === relation)?.guards ?? [];
      const audits = (isTrail ? audit.guards : (audited?.triggers ?? [])).includes(name);
      const known = found.get(relation) ?? { relation, names: [], audit: false, access: [] };
      // One that no rule names may do both.
      found.set(relation, {
        relation,
        names: [...known.names, name],
        audit: known.audit || ((isTrail || audited !== undefined) && !guards.includes(name)),
        access: [
          ...known.access,
          ...commands.filter((command) => !audits && events.some((event) => event === command)),
        ],
      });
    }
    return [...found.values()];
  }

  /** What of an audited table may make a difference to a function that writes its records. */
  auditShape(table: string): string {
    const { catalog, design } = this.#source;
    const rules = design.audit?.tables.find((each) => each.table === table);
    const relation = catalog.relations.find(({ identity }) => identity === table);
    const triggers = catalog.triggers.filter(
      (each) => each.relation === table && rules?.triggers.includes(each.name),
    );
    return JSON.stringify([
      relation?.kind,
      (rules?.secret ?? []).length > 0,
      triggers.map(({ events, level, timing }) => [events, level, timing]),
      // How many arguments its triggers give.
      triggers.map(({ definition }) => definition.replace(/^.*\(/s, '').split(',').length),
    ]);
  }

  /** Whether one of these is what a trigger runs, itself. */
  isRunByTrigger(functions: readonly string[]): boolean {
    return this.#source.catalog.triggers.some((trigger) => functions.includes(trigger.function));
  }

  /** The relation of the first trigger that runs a function. */
  triggerRelation(identity: string): string | undefined {
    return this.#source.catalog.triggers.find((trigger) => trigger.function === identity)?.relation;
  }

  /** Relations whose policies or views read one of these relations as the caller sees it, directly or through others. */
  readers(relations: readonly string[]): readonly Reached[] {
    const found: Reached[] = [];
    const open = [...relations];
    const done = new Set(open);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const relation = next;
      const through = [...this.#functions].flatMap(([identity, references]) =>
        references.relations.has(relation) && !this.#seesAll(identity) ? [identity] : [],
      );
      const direct = [
        ...[...this.#policies].flatMap(([policy, references]) =>
          references.relations.has(relation) ? [reachedBy(policy)] : [],
        ),
        ...[...this.#views].flatMap(([view, references]) =>
          references.relations.has(relation) ? [{ relation: view, commands }] : [],
        ),
      ];
      for (const reached of [...direct, ...this.accessThrough(through)]) {
        found.push(reached);
        if (!done.has(reached.relation)) open.push(reached.relation);
        done.add(reached.relation);
      }
    }
    return found.filter(({ relation }) => !relations.includes(relation));
  }

  /** These functions and all that run them, directly or through others. */
  callers(functions: readonly string[]): ReadonlySet<string> {
    const all = new Set(functions);
    // A set grows while it is walked.
    for (const each of all) {
      for (const [identity, references] of this.#functions)
        if (references.functions.has(each)) all.add(identity);
    }
    return all;
  }

  /** Whether a function reads as somebody whom row security does not bind. */
  #seesAll(identity: string): boolean {
    const { catalog } = this.#source;
    const routine = catalog.functions.find((each) => each.identity === identity);
    const owner = catalog.roles.find(({ name }) => name === routine?.owner);
    return (
      routine?.securityDefiner === true && (owner?.bypassRowSecurity === true || owner?.superuser === true)
    );
  }

  #referencesOf(trees: readonly unknown[]): References {
    const { catalog } = this.#source;
    const functions = new Set<string>();
    const relations = new Set<string>();
    for (const { node } of trees.flatMap((tree) => [...places(tree)])) {
      if ('FuncCall' in node) {
        const [name, schema] = namesOf(node.FuncCall.funcname).reverse();
        for (const routine of catalog.functions) {
          if (routine.name === name && (schema === undefined || schema === routine.schema))
            functions.add(routine.identity);
        }
      } else if ('RangeVar' in node) {
        const found = relationOf(catalog, {
          schema: node.RangeVar.schemaname,
          relation: node.RangeVar.relname ?? '',
        });
        if (found !== undefined) relations.add(found.identity);
      }
    }
    return { functions, relations };
  }
}

function reachedBy({ relation, command }: Policy): Reached {
  if (command === 'ALL') return { relation, commands };
  return { relation, commands: command === 'SELECT' ? ['SELECT', 'UPDATE', 'DELETE'] : [command] };
}

import type { Policy, Trigger } from '../catalog/catalog.ts';
import type { Subject } from './check.ts';
import { quotePart } from './names.ts';

/** A subject as a sentence names it: `tenant on app."Project Notes"`. */
export function nameOf({ kind, identity, name }: Subject): string {
  if (name === undefined) return identity;
  return kind === 'column' ? `${identity}.${quotePart(name)}` : `${quotePart(name)} on ${identity}`;
}

export function ofRelation(identity: string): Subject {
  return { kind: 'relation', identity };
}

export function ofPolicy({ relation, name }: Policy): Subject {
  return { kind: 'policy', identity: relation, name };
}

export function ofTrigger({ relation, name }: Trigger): Subject {
  return { kind: 'trigger', identity: relation, name };
}

export function ofColumn(identity: string, name: string): Subject {
  return { kind: 'column', identity, name };
}

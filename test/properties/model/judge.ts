import type { TrialResult } from '../../../src/scenarios/trial.ts';
import { databaseOf } from './database.ts';
import type { Scene } from './scene.ts';
import type { Answer } from './truth.ts';
import { ruleOver, write } from './write.ts';

/** Throws when the verdict is not what is true, with the case in words. */
export function judge(scene: Scene, answer: Answer, result: TrialResult): void {
  const broken = result.outcome === 'broken';
  const wrong = (what: string) => new Error(`${what}\n${describe(scene, answer, result)}`);
  if (answer.truth === 'same' && broken) throw wrong('a false alarm');
  if (answer.truth === 'differs' && !broken) throw wrong('a difference that was not noticed');
  for (const { actor } of result.breaches) {
    const name = actor?.replace(/ after others$/, '') ?? '';
    if (!answer.actors.has(name)) throw wrong(`a breach is about ${name}, for whom nothing differs`);
  }
  for (const { actor, way, tried } of result.sightings) {
    const plain = way === 'SELECT' && scene.command === 'SELECT';
    const name = actor?.replace(/ after others$/, '') ?? '';
    if (plain && tried !== answer.rows[name]) throw wrong(`the rule gives ${name} ${answer.rows[name]} rows`);
  }
}

function describe(scene: Scene, answer: Answer, result: TrialResult): string {
  const { command, rules, actors } = scene;
  const over = { SELECT: 'row', INSERT: 'new', UPDATE: 'old', DELETE: 'row' }[command];
  return [
    `${command}: truth ${answer.truth}, verdict ${result.outcome}`,
    `rule:   ${write(command === 'SELECT' ? rules.seen : rules.using, ruleOver(over))}`,
    ...(command === 'UPDATE' ? [`to:     ${write(rules.check, ruleOver('new'))}`] : []),
    ...(command === 'SELECT' ? [] : [`seen:   ${write(rules.seen, ruleOver('row'))}`]),
    `actors: ${JSON.stringify(actors)}`,
    ...result.breaches.slice(0, 3).map(({ says, row, actual }) => `breach: ${says}; row ${row}; ${actual}`),
    ...result.unexercised.map((each) => `unexercised: ${each}`),
    databaseOf(scene),
  ].join('\n');
}

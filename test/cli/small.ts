import { readFileSync, writeFileSync } from 'node:fs';
import { writeTiny } from './tiny.ts';

const topology = `topology: {
    replicas: 2,
    pooler: { mode: 'transaction', maxClients: 100, poolSize: 5, writer: 'tiny', reader: 'tiny_ro' },
    archive: { timeout: '60s' },
  }`;

/** A claim that needs the whole cluster, so that a run of the design raises all of it. */
const claim = `{
      id: 'tiny.replicas', says: 'Two replicas follow.', source: { file: 'tiny.md' }, controls: [],
      family: 'topology', check: { kind: 'topology.replicas', count: 2 },
    },`;

/** The tiny design with all that can stand around a primary. Gives the path of its file. */
export function writeSmall(folder: string): string {
  const file = writeTiny(folder, { claims: claim });
  writeFileSync(file, readFileSync(file, 'utf8').replace('topology: { replicas: 0 }', topology));
  return file;
}

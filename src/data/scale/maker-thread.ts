import { parentPort, workerData } from 'node:worker_threads';
import { loadDesign } from '../../design/load.ts';
import { type Made, madeChunks, worldOf } from './maker.ts';
import type { FromMaker, MakerStart, ToMaker } from './messages.ts';

/** The program of a thread that makes rows: loads the design, then makes range after range, no faster than they are taken. */
async function work(start: MakerStart): Promise<void> {
  const port = parentPort;
  if (port === null) return;
  const send = (message: FromMaker, handedOver: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, [...handedOver]);
  const { design } = await loadDesign(start.design, '/');
  const world = worldOf({ ...start, now: new Date(start.now) }, start.pools);
  let rows: Iterator<Made> | undefined;
  let leave = 0;
  const pump = () => {
    try {
      while (rows !== undefined && leave > 0) {
        const next = rows.next();
        if (next.done === true) {
          rows = undefined;
          send({ type: 'end' });
        } else {
          leave--;
          const bytes = next.value.bytes as Uint8Array<ArrayBuffer>;
          send({ type: 'chunk', bytes, rows: next.value.rows }, [bytes.buffer]);
        }
      }
    } catch (error) {
      rows = undefined;
      send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  port.on('message', (message: ToMaker) => {
    if (message.type === 'make') {
      rows = madeChunks(world, design.data, message.range);
      leave = message.chunks;
    } else leave += message.chunks;
    pump();
  });
  send({ type: 'ready' });
}

await work(workerData as MakerStart);

import { Buffer } from 'node:buffer';
import type { Container } from './client.ts';

/** What a container has written to its output so far, both streams in order. */
export async function readLog(container: Container): Promise<string> {
  const raw = (await container.logs({ stdout: true, stderr: true, follow: false })) as unknown as Buffer;
  const chunks: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length; ) {
    // The daemon's frames: a stream's number, three zeros, and the length (Docker Engine API, "attach").
    const length = raw.readUInt32BE(at + 4);
    chunks.push(raw.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(chunks).toString();
}

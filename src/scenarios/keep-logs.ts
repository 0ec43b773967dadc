import type { AnyCluster } from '../cluster/cluster.ts';
import { maskUrls } from '../cluster/mask-urls.ts';
import type { RunWriter } from '../evidence/index.ts';

/** Of each log that is longer its end is kept: a server that complains without end must not fill the evidence. */
const longest = 1024 * 1024;

/** Keeps what the servers wrote beside the records of the run, without secrets. What cannot be read is left out. */
export async function keepLogs({ host }: Pick<AnyCluster, 'host'>, writer: RunWriter): Promise<void> {
  const logs = await host.logs().catch(() => []);
  for (const { name, text } of logs) {
    const end = text.length > longest ? `[…]\n${text.slice(-longest)}` : text;
    // A disk that is full has said so where it matters.
    await writer
      .attach(`log-${name.replaceAll(/[^a-z0-9_-]/g, '_').slice(0, 60)}.txt`, withoutSecrets(end))
      .catch(() => undefined);
  }
}

/** Servers quote the statements that fail, and what a replica connects with. */
export function withoutSecrets(text: string): string {
  return maskUrls(text)
    .replaceAll(/\b(password\s+(?:to\s+)?)e'(?:[^'\\]|\\.|'')*'/gi, "$1'***'")
    .replaceAll(/\b(password\s+(?:to\s+)?)(?:u&)?'(?:[^']|'')*'/gi, "$1'***'")
    .replaceAll(/\b(password\s+(?:to\s+)?)\$(\w*)\$[\s\S]*?\$\2\$/gi, "$1'***'")
    .replaceAll(/\b(password\s*=\s*)(?:''(?:[^'\\]|\\.|'(?!'))*''|'(?:[^'\\]|\\.)*'|[^\s'&]+)/gi, '$1***')
    .replaceAll(/\bmd5[0-9a-f]{32}\b/g, 'md5***')
    .replaceAll(/SCRAM-SHA-256\$[^\s'"]+/g, 'SCRAM-SHA-256$***');
}

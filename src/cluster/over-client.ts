import type pg from 'pg';

/**
 * Does work over a connected client, which is ended after it, and as soon as the signal is aborted: a server that does not answer
 * would keep the work for ever. Aborted, it throws the reason of the signal.
 */
export async function overClient<T>(
  client: pg.Client,
  signal: AbortSignal | undefined,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const hangUp = () => void client.end().catch(() => undefined);
  signal?.addEventListener('abort', hangUp, { once: true });
  try {
    return await work(client);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', hangUp);
    await client.end().catch(() => undefined);
  }
}

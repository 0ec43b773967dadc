import { createServer } from 'node:net';

/** A TCP port that nothing listens on at an address of this machine, now. */
export function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no address of a listening socket'));
      });
    });
  });
}

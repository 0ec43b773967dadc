import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** A password that nobody can guess: 144 bits. */
export function secret(): string {
  return randomBytes(18).toString('base64url');
}

/**
 * What PostgreSQL stores of a password (RFC 5803): a statement with it can be logged, one with the password must not. A password of
 * 144 random bits needs no stretching: with one round ten thousand clients do not spend their time on it.
 */
export function scramVerifier(password: string, rounds = 4096): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, rounds, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${rounds}:${salt.toString('base64')}$${stored}:${hmac('Server Key').toString('base64')}`;
}

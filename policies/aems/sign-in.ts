import type { AccessRules } from 'pgattest';
import { never } from '../saas/never.ts';
import { all } from '../saas/words/logic.ts';
import { isUser, staff } from './words/actor.ts';

/** One's own: the row is of the actor. */
const own = (alias: string) => all(isUser(`${alias}.user_id`), staff);

const bySignIn = never('Only sign-in makes these rows.');

export const userSessions: AccessRules = {
  table: 'auth.user_sessions',
  key: ['id'],
  lines: [234, 248],
  secret: ['token_hash', 'refresh_token_hash'],
  select: { says: 'People read their own sessions, nobody a token.', where: own('"row"') },
  insert: bySignIn,
  update: {
    says: 'People note activity in their own sessions and end them.',
    columns: ['last_activity', 'status'],
    where: own('"old"'),
    to: 'true',
  },
  delete: never('A session ends by its status.'),
};

export const userMfa: AccessRules = {
  table: 'auth.user_mfa',
  key: ['id'],
  lines: [251, 262],
  secret: ['secret_key', 'backup_codes'],
  select: { says: 'People read their own second factors, nobody a secret.', where: own('"row"') },
  insert: {
    says: 'People add second factors of their own.',
    columns: ['id', 'user_id', 'mfa_type', 'is_enabled', 'secret_key', 'backup_codes'],
    where: own('"new"'),
  },
  update: {
    says: 'People switch their own second factors and renew their secrets.',
    columns: ['is_enabled', 'secret_key', 'backup_codes'],
    where: own('"old"'),
    to: 'true',
  },
  delete: { says: 'People remove their own second factors.', where: own('"row"') },
};

export const oauthConnections: AccessRules = {
  table: 'auth.oauth_connections',
  key: ['id'],
  lines: [265, 280],
  secret: ['access_token', 'refresh_token'],
  select: { says: 'People read their own connections, nobody a token.', where: own('"row"') },
  insert: bySignIn,
  update: {
    says: 'People switch and revoke their own connections.',
    columns: ['status'],
    where: own('"old"'),
    to: 'true',
  },
  delete: { says: 'People remove their own connections.', where: own('"row"') },
};

const keysHidden = never('Nobody but the encryption functions meets the keys.', [1070, 1093]);

export const encryptionKeys: AccessRules = {
  table: 'auth.encryption_keys',
  key: ['id'],
  select: keysHidden,
  insert: keysHidden,
  update: keysHidden,
  delete: keysHidden,
};

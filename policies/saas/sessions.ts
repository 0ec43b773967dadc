import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { all, any } from './words/logic.ts';
import { isActor, liveActor, systemAdmin } from './words/people.ts';

export const sessions: AccessRules = {
  table: 'auth.sessions',
  key: ['id'],
  lines: [277, 289],
  secret: ['token_hash', 'refresh_token_hash'],
  select: {
    says: 'Live users read their own sessions, system admins all of them, nobody a token.',
    where: any(isActor('"row".user_id'), systemAdmin),
  },
  insert: {
    says: 'Live users open sessions for themselves.',
    where: all('"new".user_id = actor.id', liveActor),
  },
  update: {
    says: 'Live users note activity in their own sessions and prolong or end them.',
    columns: ['last_activity_at', 'expires_at'],
    where: isActor('"old".user_id'),
    to: 'true',
  },
  delete: {
    says: 'Live users close their own sessions, system admins anyone’s.',
    where: any(isActor('"row".user_id'), systemAdmin),
  },
};

const serviceOnly = never('Only sign-in handles these tokens, and no request of the application does.');
const tokens = {
  key: ['id'],
  select: serviceOnly,
  insert: serviceOnly,
  update: serviceOnly,
  delete: serviceOnly,
} as const;

export const passwordResetTokens: AccessRules = {
  ...tokens,
  table: 'auth.password_reset_tokens',
  lines: [291, 299],
};

export const emailVerificationTokens: AccessRules = {
  ...tokens,
  table: 'auth.email_verification_tokens',
  lines: [301, 310],
};

import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { any } from './words/logic.ts';
import { isActor, owner } from './words/people.ts';

const signIn = never('Only sign-in makes and renews tokens, and no request of the application does.');

export const refreshTokens: AccessRules = {
  table: 'public.refresh_tokens',
  key: ['id'],
  lines: [252, 258],
  secret: ['token'],
  select: {
    says: 'Active users read which sign-ins they have, owners everyone’s; nobody reads a token.',
    by: ['refresh_tokens_select_policy'],
    where: any(isActor('"row".user_id'), owner),
  },
  insert: signIn,
  update: signIn,
  delete: {
    says: 'Active users end their own sign-ins, owners anyone’s.',
    by: ['refresh_tokens_delete_policy'],
    where: any(isActor('"row".user_id'), owner),
  },
};

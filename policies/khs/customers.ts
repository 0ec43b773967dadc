import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { customerOfMyJobs } from './words/jobs.ts';
import { all, any } from './words/logic.ts';
import { owner } from './words/people.ts';

const given = ['name', 'phone', 'email', 'address', 'notes', 'is_archived', 'client_updated_at'];

export const customers: AccessRules = {
  table: 'public.customers',
  key: ['id'],
  lines: [153, 163],
  select: {
    says: 'Owners read all customers; workers read the customers of their jobs, archived or not.',
    lines: [421, 427],
    by: ['customers_select_policy'],
    where: any(owner, customerOfMyJobs('"row".id')),
  },
  insert: {
    says: 'Owners add customers that are not archived.',
    by: ['customers_insert_policy'],
    columns: ['id', ...given],
    where: all(owner, '"new".is_archived = false'),
  },
  update: {
    says: 'Owners change customers, archive them and bring them back.',
    lines: [464, 464],
    by: ['customers_update_policy'],
    columns: [...given, 'version'],
    where: owner,
    to: 'true',
  },
  delete: never('Nobody deletes a customer: it is archived.', [464, 464]),
};

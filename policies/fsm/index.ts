import type { AccessRules } from 'pgattest';
import { businessUnits, stores } from './business-units.ts';
import { countries } from './countries.ts';
import { externalReferences } from './external-references.ts';
import { operatorWorkload, ownershipHistory, projects } from './projects.ts';
import { integrationEvents, potentialAssessments, preEstimations, riskAssessments } from './records.ts';
import { channelConfigurations, salesSystems, unitSalesSystems } from './sales-systems.ts';
import { serviceOrders } from './service-orders.ts';
import { userScopes } from './user-scopes.ts';
import { withPolicyNames } from './words/policies.ts';

export { audit } from './audit.ts';
export { callable } from './functions.ts';

/** Who may do what with every relation of the fsm design's own schema. */
export const access: readonly AccessRules[] = [
  countries,
  businessUnits,
  stores,
  salesSystems,
  unitSalesSystems,
  channelConfigurations,
  serviceOrders,
  integrationEvents,
  projects,
  ownershipHistory,
  operatorWorkload,
  preEstimations,
  potentialAssessments,
  riskAssessments,
  externalReferences,
  userScopes,
].map(withPolicyNames);

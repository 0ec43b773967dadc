import { policySuite } from 'pgattest/vitest';
import design from '../../fixtures/saas/gcp.ts';

policySuite(design);

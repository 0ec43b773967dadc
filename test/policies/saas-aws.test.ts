import { policySuite } from 'pgattest/vitest';
import design from '../../fixtures/saas/aws.ts';

policySuite(design);

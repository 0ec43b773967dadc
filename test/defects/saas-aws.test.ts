import { defectSuite } from 'pgattest/vitest';
import design from '../../fixtures/saas/aws.ts';

defectSuite(design, new URL('../../fixtures/saas/aws.ts', import.meta.url).href);

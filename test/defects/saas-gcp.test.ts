import { defectSuite } from 'pgattest/vitest';
import design from '../../fixtures/saas/gcp.ts';

defectSuite(design, new URL('../../fixtures/saas/gcp.ts', import.meta.url).href);

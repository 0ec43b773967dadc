import { defectSuite } from 'pgattest/vitest';
import design from '../../fixtures/olympus/olympus.ts';

defectSuite(design, new URL('../../fixtures/olympus/olympus.ts', import.meta.url).href);

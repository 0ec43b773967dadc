import { defectSuite } from 'pgattest/vitest';
import design from '../../fixtures/aems/aems.ts';

defectSuite(design, new URL('../../fixtures/aems/aems.ts', import.meta.url).href);

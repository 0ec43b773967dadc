import { defectSuite } from 'pgattest/vitest';
import design from '../../fixtures/khs/khs.ts';

defectSuite(design, new URL('../../fixtures/khs/khs.ts', import.meta.url).href);

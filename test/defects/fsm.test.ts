import { defectSuite } from 'pgattest/vitest';
import design from '../../fixtures/fsm/fsm.ts';

defectSuite(design, new URL('../../fixtures/fsm/fsm.ts', import.meta.url).href);

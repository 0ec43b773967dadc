import { policySuite } from 'pgattest/vitest';
import design from '../../fixtures/khs/khs.ts';

policySuite(design);

import aems from '../../../fixtures/aems/aems.ts';
import { workloadSuite } from './workload-suite.ts';

workloadSuite(aems);

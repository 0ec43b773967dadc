import khs from '../../../fixtures/khs/khs.ts';
import { workloadSuite } from './workload-suite.ts';

workloadSuite(khs);

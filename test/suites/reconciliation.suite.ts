import { suiteOf } from '../support/suite';

suiteOf('reconciliation');

import { suiteOf } from '../support/suite';

suiteOf('operations');

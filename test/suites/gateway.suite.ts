import { suiteOf } from '../support/suite';

suiteOf('gateway');

import { suiteOf } from '../support/suite';

suiteOf('billing');

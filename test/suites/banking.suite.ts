import { suiteOf } from '../support/suite';

suiteOf('banking');

import { suiteOf } from '../support/suite';

suiteOf('identity/second-factor');

import { suiteOf } from '../support/suite';

suiteOf('identity/password-reset');

import { suiteOf } from '../support/suite';

suiteOf('identity/sign-in');

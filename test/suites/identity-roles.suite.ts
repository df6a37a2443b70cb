import { suiteOf } from '../support/suite';

suiteOf('identity/roles');

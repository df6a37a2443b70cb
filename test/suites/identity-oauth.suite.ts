import { suiteOf } from '../support/suite';

suiteOf('identity/oauth');

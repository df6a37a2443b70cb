import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { configurationDoc } from '../../src/config/describe';

/** Run by itself (`node --import tsx test/config/configuration-doc.ts`), this file writes the document anew. */
export const documentPath = path.join(__dirname, '../../docs/configuration.md');

if (require.main === module) writeFileSync(documentPath, configurationDoc());

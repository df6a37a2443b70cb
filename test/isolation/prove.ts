import fc from 'fast-check';

import { fuse } from '../../src/gateway/fuse';
import { permissionsOf, type Role } from '../../src/identity/roles/permissions';
import { newId } from '../../src/platform/database/ids';
import { tokenOf } from '../support/as';
import { typeAt } from '../support/id-places';
import { Choices } from './choices';
import { anOperation, type Pool } from './generator';
import type { Layers } from './layers';
import { aMarkedWorld, CANARY, leakIn, type World } from './world';

export interface Proof {
  readonly operations: number;
  /** Of them those that graphql accepted; the others prove little. */
  readonly executed: number;
  readonly withData: number;
}

export interface ProofOptions {
  readonly operations: number;
  readonly layers: Layers;
  /** How often it is looked whether the others' rows are as they were. */
  readonly compareEvery?: number;
}

/** Anyone may try these with the wrong password; each costs a tenth of a second of hashing, which would be most of the run. */
const LEFT_OUT: ReadonlySet<string> = new Set(['signIn', 'changePassword', 'resetPassword', 'acceptInvitation']);

const ROLES: readonly Role[] = ['OWNER', 'OWNER', 'OWNER', 'ADMIN', 'ACCOUNTANT', 'VIEWER', 'INTEGRATION'];

/**
 * Plays a tenant that asks for whatever the schema can express, with the ids, cursors and words of others, and looks for anything
 * of theirs in what comes back: data, errors, extensions, headers; and for any change in their rows. @throws Error with the operation.
 */
export async function proveIsolation({ operations, layers, compareEvery = 500 }: ProofOptions): Promise<Proof> {
  const world = await aMarkedWorld(layers);
  try {
    return await attack(world, operations, compareEvery);
  } finally {
    await world.app.close();
  }
}

async function attack(world: World, operations: number, compareEvery: number): Promise<Proof> {
  const schema = fuse(await world.app.subgraphs());
  const before = await world.fingerprint();
  const pool = poolOf(world);
  const counts = { operations: 0, executed: 0, withData: 0 };
  const holds = async (bytes: Uint8Array): Promise<void> => {
    const choices = new Choices(bytes);
    const role = choices.one(ROLES);
    const query = anOperation(schema, choices, pool, LEFT_OUT);
    const { text, status } = await send(world, role, query);
    const leak = leakIn(world, text, query);
    if (leak !== undefined) throw new Error(`${role} saw another tenant's ${leak} with\n${query}`);
    if (status >= 500) throw new Error(`${role} broke the server with\n${query}\n${text}`);
    counts.operations += 1;
    if (!text.includes('"GRAPHQL_VALIDATION_FAILED"')) counts.executed += 1;
    if (/"r\d":(?!null)/.test(text)) counts.withData += 1;
    if (counts.operations % compareEvery === 0) {
      await world.app.runJobs({ hurry: true });
      if ((await world.fingerprint()) !== before)
        throw new Error(`Rows of other tenants changed within the ${compareEvery} operations before\n${query}`);
    }
  };
  await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 60, maxLength: 400, size: 'max' }), holds), {
    numRuns: operations,
    endOnFailure: true,
    includeErrorInReport: true,
  });
  await world.app.runJobs({ hurry: true });
  expect(differences(before, await world.fingerprint())).toEqual([]);
  return counts;
}

const differences = (before: string, after: string): string[] => {
  const known = new Set(before.split('\n'));
  return after.split('\n').filter(line => !known.has(line));
};

async function send({ app }: World, role: Role, query: string): Promise<{ text: string; status: number }> {
  const { uuid, userUuids } = app.tenant('northwind');
  const token = await tokenOf(app, uuid, { userId: userUuids[role], scopes: permissionsOf[role] });
  const answer = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return { text: JSON.stringify([...answer.headers]) + (await answer.text()), status: answer.status };
}

/** Own and foreign values of every kind; a place's name tells which type of id belongs there. */
function poolOf({ own, foreign, cursors, references }: World): Pool {
  const types = [...own.keys()];
  const typeOf = (choices: Choices, place: string): string =>
    types.find(type => type.toLowerCase() === typeAt(place)) ?? choices.one(types);
  return {
    id: (choices, place) => {
      const type = choices.percent(90) ? typeOf(choices, place) : choices.one(types);
      const kind = choices.upTo(10);
      const theirs = foreign.get(type) ?? [];
      const ours = own.get(type) ?? [];
      if (kind < 6 && theirs.length > 0) return choices.one(theirs);
      if (kind < 9 && ours.length > 0) return choices.one(ours);
      return choices.one([newId(), '', 'no id at all', ...[...foreign.values()].flat().slice(0, 5)]);
    },
    cursor: choices => choices.one([...cursors, ...cursors, '', 'bm8gY3Vyc29y']),
    text: (choices, place) => {
      if (place.endsWith('reference')) return choices.one(references);
      return choices.one([
        CANARY,
        `${CANARY}-`,
        '%',
        '',
        'DE',
        'NW-2026-801',
        'aurora',
        "' or true --",
        'nobody@aurora.example',
        '2026-11-01',
      ]);
    },
  };
}

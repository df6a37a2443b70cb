import { fuse } from '../../src/gateway/fuse';
import { newId } from '../../src/platform/database/ids';
import { typeAt } from '../support/id-places';
import { idOperations } from '../support/operations';
import { aMarkedWorld, type World } from './world';

export interface Gap {
  /** invoices.filter.customerId */
  readonly place: string;
  /** Between the medians, in ms. */
  readonly gapMs: number;
}

const TRIES = 21;

/** How much longer or shorter each query takes for an id of another tenant than for one of nobody; the two in turn, so that noise is shared. */
export async function timingGaps(): Promise<Gap[]> {
  const world = await aMarkedWorld({ queryScope: true, rowLevelSecurity: true });
  try {
    const operations = idOperations(fuse(await world.app.subgraphs()));
    const queries = operations.filter(operation => operation(() => '').coordinate.startsWith('Query.'));
    const gaps: Gap[] = [];
    for (const query of queries) gaps.push(await gapOf(world, query));
    return gaps;
  } finally {
    await world.app.close();
  }
}

async function gapOf(world: World, operation: ReturnType<typeof idOperations>[number]): Promise<Gap> {
  const { place } = operation(() => '');
  const owners = world.app.modules.flatMap(({ entities }) => entities.map(({ ids }) => ids));
  const ids = owners.find(({ typeName }) => typeName.toLowerCase() === typeAt(place));
  const foreign = world.foreign.get(ids?.typeName ?? '')?.[0] ?? '';
  const nobody = ids?.encode(newId()) ?? '';
  const times: { foreign: number[]; nobody: number[] } = { foreign: [], nobody: [] };
  for (let round = 0; round < TRIES; round += 1) {
    times.foreign.push(await timeOf(world, operation(() => foreign).document));
    times.nobody.push(await timeOf(world, operation(() => nobody).document));
  }
  return { place, gapMs: Math.abs(median(times.foreign) - median(times.nobody)) };
}

async function timeOf({ app }: World, document: string): Promise<number> {
  const began = performance.now();
  await app.tenant('northwind').as('OWNER')(document);
  return performance.now() - began;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

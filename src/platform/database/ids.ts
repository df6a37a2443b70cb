import { v7 } from 'uuid';

/** A new row id: UUIDv7, so that rows of one time lie together in the indexes. */
export const newId = (): string => v7();

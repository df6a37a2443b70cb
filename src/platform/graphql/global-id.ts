import { fromUUID, TypeID } from 'typeid-js';

import { badInput } from '../errors';

/**
 * The ids of one type as clients see them: TypeIDs (github.com/jetify-com/typeid, spec 0.3), such as
 * `txn_01k9b5s9v1f3h8m2t7q4x6z0ye`: typed, opaque, and without a trace of the tenant. The rows keep the UUID inside.
 */
export interface GlobalIds {
  readonly typeName: string;
  readonly prefix: string;
  encode(uuid: string): string;
  /** @throws BAD_USER_INPUT naming the argument, when the id is malformed or of another type. */
  decode(id: string, field?: string): string;
}

export function globalIds(typeName: string, prefix: string): GlobalIds {
  return Object.freeze({
    typeName,
    prefix,
    encode: (uuid: string) => fromUUID(uuid, prefix) as string,
    decode: (id: string, field = 'id') => {
      try {
        const typed = TypeID.fromString(id, prefix);
        // Ids have one spelling: an upper-case or overlong one is not the one that we issued.
        if (typed.toString() === id && id.length === prefix.length + 27) return typed.toUUID();
      } catch {
        // Falls through to the one error for all that is not an id of this type.
      }
      throw badInput(field, `This is not the id of a ${typeName}: those begin with ${prefix}_`);
    },
  });
}

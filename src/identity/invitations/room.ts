import { Op, type Transaction } from 'sequelize';

import { limitReached, type Plans } from '../plans/plans.service';
import { Invitation, OPEN } from './invitation.model';

/**
 * Whoever is invited counts as a user already, unless the invitation has expired: not more are to accept than can be let in. The answer
 * stays true until the transaction ends.
 * @throws PLAN_LIMIT_REACHED unless the plan has room for one more.
 * @requirement BNK-008
 */
export async function requireRoomBesideInvited(plans: Pick<Plans, 'room'>, transaction: Transaction, now: Date): Promise<void> {
  const room = await plans.room(transaction, 'users');
  const invited = await Invitation.count({ where: { ...OPEN, expiresAt: { [Op.gt]: now } }, transaction });
  if (room.left <= invited) throw limitReached('users', { ...room, used: room.used + invited });
}

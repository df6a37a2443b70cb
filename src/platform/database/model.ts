import type { ModelCtor as SequelizeModelCtor } from 'sequelize-typescript';

/** A Sequelize model class: a table's rows, for writes. It has no associations: loaders join. */
export type ModelCtor = SequelizeModelCtor;

import { plainRegister } from '../../core/register/plain.ts'
import * as facts from './facts.ts'

const site = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,59}$/

/** What must be protected, and by what it is backed up. Where that stands is for the settings to say. */
export const sets = plainRegister({
  name: 'backup-set',
  table: 'backup_set_register',
  columns: [
    {
      ...{ name: 'set', field: 'set', kind: 'code', width: 24 },
      pattern: /^[a-z0-9][a-z0-9._:/-]{0,79}$/,
      ...{
        isRequired: true,
        isFixed: true,
        names: ['number', '対象', '対象番号', '對象', '對象編號'],
      },
    },
    {
      ...{ name: 'service', field: 'service', kind: 'code', width: 24 },
      of: { register: 'service' },
      names: ['サービス', 'サービス番号', '服務', '服務編號'],
    },
    {
      ...{ name: 'site', field: 'site', kind: 'code', width: 16, pattern: site },
      ...{ isRequired: true, names: ['拠点', '拠点番号', '據點', '據點編號'] },
    },
    {
      ...{ name: 'tool', field: 'tool', kind: 'choice', width: 16 },
      choices: ['restic', 'borg', 'pgbackrest', 'folder', 'postgresql', 'other'],
      names: ['backed up by', 'バックアップの方式', '方式', '備份方式'],
    },
  ],
  listed: facts.setListed,
  removed: facts.setRemoved,
  begun: facts.setImportBegun,
  ended: facts.setImportEnded,
  whole: {
    declared: facts.setsDeclared,
    declare: (sets, hash) => ({ sets, hash }),
    compared: { type: facts.setsCompared, tell: part => part },
  },
})

/** Where backups stand: one medium on one site. */
export const repositories = plainRegister({
  name: 'backup-repository',
  table: 'backup_repository_register',
  columns: [
    {
      ...{ name: 'repository', field: 'repository', kind: 'code', width: 24 },
      pattern: /^[a-z0-9][a-z0-9._:/-]{0,79}$/,
      ...{
        isRequired: true,
        isFixed: true,
        names: ['number', '保管先', '保管先番号', '備份庫', '備份庫編號'],
      },
    },
    {
      ...{ name: 'medium', field: 'medium', kind: 'choice', width: 16, isRequired: true },
      choices: ['disk', 'flash', 'tape', 'optical', 'object-store'],
      names: ['媒体', '媒體'],
    },
    {
      ...{ name: 'site', field: 'site', kind: 'code', width: 16, pattern: site },
      ...{ isRequired: true, names: ['拠点', '拠点番号', '據點', '據點編號'] },
    },
  ],
  listed: facts.repositoryListed,
  removed: facts.repositoryRemoved,
  begun: facts.repositoryImportBegun,
  ended: facts.repositoryImportEnded,
  whole: {
    declared: facts.repositoriesDeclared,
    declare: (repositories, hash) => ({ repositories, hash }),
    compared: { type: facts.repositoriesCompared, tell: part => part },
  },
})

export const registers = [sets, repositories]

import { plainRegister } from '../../core/register/plain.ts'
import * as facts from './facts.ts'

const role = /^[a-z][a-z0-9-]{0,39}$/

export const registers = [
  plainRegister({
    name: 'data-set',
    table: 'data_set_register',
    columns: [
      {
        ...{
          name: 'number',
          field: 'set',
          kind: 'code',
          width: 24,
          isRequired: true,
          isFixed: true,
        },
        names: ['data set', 'データ番号', 'データセット', '資料集編號', '資料集'],
      },
      {
        ...{ name: 'contents', field: 'contents', kind: 'list', width: 24, isRequired: true },
        ...{ choices: facts.contents, names: ['内容', 'データの内容', '內容'] },
      },
      {
        ...{ name: 'class', field: 'class', kind: 'choice', width: 14, choices: facts.dataClasses },
        names: ['classification', '機密区分', '區分', '機密等級'],
      },
      {
        ...{ name: 'level', field: 'level', kind: 'number', width: 8, most: 9 },
        names: ['protection level', '保護レベル', '保護等級'],
      },
      {
        ...{ name: 'owner', field: 'owner', kind: 'office', width: 20, pattern: role },
        names: ['責任者', '管理責任者', '負責人'],
      },
      {
        name: 'stores',
        of: { register: 'asset' },
        field: 'stores',
        kind: 'list',
        width: 24,
        names: ['保管先', '保存場所', '存放處'],
      },
      {
        ...{ name: 'readers', field: 'readers', kind: 'list', width: 24 },
        names: ['groups', '閲覧グループ', '讀取群組'],
      },
      {
        ...{ name: 'protected', field: 'isProtected', kind: 'truth', width: 10, empty: false },
        ...{ choices: ['yes', 'no'], names: ['protected from change', '改ざん防止', '防竄改'] },
      },
    ],
    listed: facts.setListed,
    removed: facts.setRemoved,
    begun: facts.setImportBegun,
    ended: facts.setImportEnded,
    whole: {
      declared: facts.setsDeclared,
      declare: (sets, hash) => ({ sets, hash }),
      compared: { type: facts.setsDiscovered, tell: part => part },
    },
  }),
]

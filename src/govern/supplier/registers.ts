import { plainRegister } from '../../core/register/plain.ts'
import * as facts from './facts.ts'

export const registers = [
  plainRegister({
    name: 'supplier',
    table: 'supplier_register',
    columns: [
      {
        ...{ name: 'number', field: 'supplier', kind: 'code', width: 16, isRequired: true },
        ...{ isFixed: true, pattern: /^s-[a-z0-9]{1,24}$/ },
        names: ['supplier', '取引先番号', '委託先番号', '供應商編號'],
      },
      {
        ...{ name: 'name', field: 'name', kind: 'text', width: 28, isPersonal: true },
        names: ['名称', '取引先名', '名稱', '供應商名稱'],
      },
      {
        ...{ name: 'relations', field: 'relations', kind: 'list', width: 16, isRequired: true },
        ...{ choices: ['vendor', 'partner'], names: ['関係', '區別', '關係'] },
      },
      {
        ...{ name: 'audited', field: 'inTier', kind: 'truth', width: 10, choices: ['yes', 'no'] },
        names: ['audited every year', '年次監査', '年次監査の対象', '年度稽核', '年度稽核對象'],
      },
    ],
    listed: facts.supplierListed,
    removed: facts.supplierRemoved,
    begun: facts.supplierImportBegun,
    ended: facts.supplierImportEnded,
    whole: {
      declared: facts.suppliersDeclared,
      declare: (suppliers, hash) => ({ suppliers, hash }),
    },
  }),
]

import { useState } from 'react'
import { Link } from '../../../src/core/ui/button.tsx'
import { post } from '../../../src/core/ui/client.ts'
import { Combobox, SeveralCombobox } from '../../../src/core/ui/combobox.tsx'
import { DateField } from '../../../src/core/ui/date-field.tsx'
import { FileField } from '../../../src/core/ui/file-field.tsx'
import { Form, useForm } from '../../../src/core/ui/form.tsx'
import { useHouse } from '../../../src/core/ui/house.tsx'
import { CheckBox, RadioGroup, Select, TextArea, TextInput } from '../../../src/core/ui/inputs.tsx'
import type { saveThing } from '../routes.ts'
import { Page, Part, useSay } from './page.tsx'

const stored = {
  name: '',
  note: '',
  kind: '',
  owner: '',
  day: '',
  agreed: false as boolean,
  level: 'b',
}

const people = Array.from({ length: 200 }, (_, index) => ({
  value: `p${index}`,
  text: ['佐藤', '鈴木', '高橋', '田中', '伊藤'][index % 5] + ` ${index + 1}`,
}))

export default function Forms() {
  const say = useSay()
  const { tell } = useHouse()
  const [latest, setLatest] = useState(stored)
  const [files, setFiles] = useState<readonly File[]>([])
  const [several, setSeveral] = useState<readonly string[]>(['p0', 'p1'])
  const form = useForm('gallery thing', latest)
  const options = [
    { value: 'a', text: say('高い', '高', 'High') },
    { value: 'b', text: say('中くらい', '中', 'Middle'), hint: say('ふだん', '一般', 'usual') },
    { value: 'c', text: say('低い', '低', 'Low'), disabled: true },
  ]
  return (
    <Page title="shell.place.duties">
      <Part title={say('フォーム', '表單', 'A form')}>
        <Form
          form={form}
          submit={body =>
            post<typeof saveThing>('/gallery/things/{id}', { params: { id: '1' }, body })
          }
          done={({ value }) =>
            tell({ text: `${say('保存しました', '已儲存', 'Saved')}: ${value.name}` })
          }
          again={() => setLatest({ ...latest, name: 'theirs' })}
          submitText={say('保存する', '儲存', 'Save')}
          aside={<Link href="/pieces">{say('やめる', '取消', 'Cancel')}</Link>}
        >
          <TextInput
            {...form.field('name', {
              label: say('名称', '名稱', 'Name'),
              hint: say('40文字まで', '上限 40 字', 'Up to 40 characters'),
              required: true,
            })}
          />
          <TextArea
            {...form.field('note', { label: say('備考', '備註', 'Note') })}
            maxLength={200}
          />
          <Select
            {...form.field('kind', { label: say('種類', '類別', 'Kind'), required: true })}
            options={options}
            none={say('選んでください', '請選擇', 'Choose one')}
          />
          <Combobox
            {...form.field('owner', { label: say('責任者', '負責人', 'Owner') })}
            options={people}
          />
          <DateField {...form.field('day', { label: say('期限', '期限', 'Due') })} />
          <RadioGroup
            {...form.field('level', { label: say('重要度', '重要性', 'Weight') })}
            options={options}
          />
          <CheckBox
            {...form.field('agreed', {
              label: say('内容を確かめました', '已確認內容', 'I have read it'),
            })}
          />
          <FileField
            label={say('証拠ファイル', '證據檔案', 'Evidence')}
            files={files}
            onChange={setFiles}
            sizeBytesMax={1024 * 1024}
            countMax={3}
          />
        </Form>
      </Part>
      <Part title={say('状態', '狀態', 'States')}>
        <div className="grid max-w-xl gap-5">
          <TextInput
            label={say('誤り', '錯誤', 'Wrong')}
            error={say('この形式では読めません', '無法讀取此格式', 'This cannot be read')}
            hint={say('例：2026-11', '例：2026-11', 'For example 2026-11')}
            value="2026/11"
            onChange={() => {}}
          />
          <TextInput
            label={say('変えられない', '不可變更', 'Fixed')}
            disabled
            value="7.2.1"
            onChange={() => {}}
          />
          <CheckBox
            label={say('同意する', '同意', 'Agreed')}
            error={say('同意が必要です', '需要同意', 'Needed')}
            value={false}
            onChange={() => {}}
          />
          <SeveralCombobox
            label={say('出席者', '出席者', 'Present')}
            name="present"
            values={several}
            onChange={setSeveral}
            options={people}
            isFree
          />
          <TextArea
            label={say('長すぎる', '過長', 'Too long')}
            value={'あ'.repeat(24)}
            maxLength={20}
            onChange={() => {}}
          />
        </div>
      </Part>
    </Page>
  )
}

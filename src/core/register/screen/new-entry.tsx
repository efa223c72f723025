import { post } from '../../ui/client.ts'
import { Drawer } from '../../ui/dialog.tsx'
import { Form, useForm } from '../../ui/form.tsx'
import { useHouse } from '../../ui/house.tsx'
import { useWords } from '../../ui/words.tsx'
import type { About, Create } from './asks.ts'
import { Fields, type Typed, typedColumns, typedOf } from './entry-form.tsx'

export function NewEntry({ about, close }: { about: About; close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const columns = typedColumns(about, true)
  const form = useForm<Typed>(`register ${about.name} new`, typedOf(columns))
  return (
    <Drawer open title={t('register.new')} close={close}>
      <Form
        form={form}
        submitText={t('register.save')}
        submit={values =>
          post<Create>(`/registers/${about.name}`, { body: { values: filled(values) } })
        }
        done={() => {
          tell({ text: t('register.saved') })
          close()
        }}
      >
        <Fields {...{ about, columns, form }} />
      </Form>
    </Drawer>
  )
}

/** What was left empty was not said: the register has its own words for that. */
const filled = (values: Typed): Typed =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))

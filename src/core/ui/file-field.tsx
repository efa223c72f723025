import { useState } from 'react'
import { IconButton } from './button.tsx'
import type { FieldProps } from './field.tsx'
import { Field } from './field.tsx'
import { Icon } from './icon.tsx'
import { useWords } from './words.tsx'

type Props = FieldProps &
  Readonly<{
    files: readonly File[]
    onChange(files: readonly File[]): void
    /** Told before anything is sent; the server counts again. */
    sizeBytesMax: number
    countMax?: number
    accept?: string
  }>

/** Files by choosing or by dropping them. A draft cannot keep them: a browser gives no file back. */
export function FileField(props: Props) {
  const { t, locale } = useWords()
  const { files, onChange, sizeBytesMax, countMax = 1, accept } = props
  const [refused, setRefused] = useState<string | undefined>()
  const [over, setOver] = useState(false)
  const take = (chosen: readonly File[]) => {
    const large = chosen.find(file => file.size > sizeBytesMax)
    const all = [...files, ...chosen]
    const limit = sizeText(locale, sizeBytesMax)
    if (large) setRefused(t('ui.file.large', { name: large.name, limit }))
    else if (all.length > countMax && countMax > 1)
      setRefused(t('ui.file.many', { count: countMax }))
    else {
      setRefused(undefined)
      onChange(countMax === 1 ? all.slice(-1) : all)
    }
  }
  return (
    <Field {...props} error={refused ?? props.error}>
      {wiring => (
        <div
          className={`grid gap-2 rounded-md border border-dashed p-3 ${over ? 'border-next bg-paper-2' : 'border-edge'}`}
          onDragOver={event => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={event => {
            event.preventDefault()
            setOver(false)
            take([...event.dataTransfer.files])
          }}
        >
          <input
            {...wiring}
            {...{ accept }}
            type="file"
            multiple={countMax > 1}
            // Chosen files stand in the list below; the same one may be chosen again.
            value=""
            className="max-w-full text-m"
            required={false}
            onChange={event => take([...(event.target.files ?? [])])}
          />
          <p className="text-s text-ink-2">
            {t('ui.file.drop', { limit: sizeText(locale, sizeBytesMax) })}
          </p>
          {files.length === 0 ? null : (
            <ul className="grid gap-1">
              {files.map((file, index) => (
                // Names may be the same; a file has no other identity here.
                <li key={`${index} ${file.name}`} className="flex items-center gap-2 text-m">
                  <Icon name="file" />
                  <bdi className="min-w-0 truncate">{file.name}</bdi>
                  <span className="numbers text-s text-ink-2">{sizeText(locale, file.size)}</span>
                  <IconButton
                    icon="close"
                    label={t('ui.file.remove', { name: file.name })}
                    onClick={() => onChange(files.filter((_, at) => at !== index))}
                  />
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Field>
  )
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

export function sizeText(locale: string, bytes: number): string {
  const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1)
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    maximumFractionDigits: 1,
  }).format(bytes / 1024 ** step)
}

import type { Step } from './runbook/steps.ts'

/** What the made-up company wrote into its runbooks; its people speak Japanese. */

/** The second version: the first came from its store of documents, without words. */
export const writtenVersion = '4'

type SampleStep = Step & Readonly<{ role: 'continuity' | 'infrastructure' | 'monitoring' }>

export const stepsOf = (service: string): readonly SampleStep[] => [
  {
    ...{ role: 'continuity', minutes: 5, system: null },
    todo: '復旧の開始を宣言し、連絡網で担当者を招集する。',
    sign: '招集した全員が通話に入り、宣言の時刻が記録されている。',
  },
  {
    ...{ role: 'infrastructure', minutes: 30, system: 'database-001' },
    todo: '代替拠点で、最も新しいバックアップからデータベースを復元する。',
    sign: '起動したデータベースで、最後に記録された行を読み出せる。',
  },
  {
    ...{ role: 'infrastructure', minutes: 20, system: 'host-001' },
    todo: '代替拠点のホストを起動し、設定を構成管理から当てる。',
    sign: '監視画面でホストが正常と表示される。',
  },
  {
    ...{ role: 'monitoring', minutes: 10, system: service },
    todo: '接続先を代替拠点へ切り替え、サービスを公開する。',
    sign: '社外の回線から本物の要求を送り、正しい応答が返る。',
  },
]

export const lessonWords = [
  '代替拠点のホストの設定が古く、手作業で直した。構成管理の対象に加える。',
  '担当者の連絡網に退職者が残っていた。四半期ごとに見直す。',
] as const

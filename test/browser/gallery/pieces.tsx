import { useState } from 'react'
import { Button, IconButton, Link } from '../../../src/core/ui/button.tsx'
import { serverNowMs } from '../../../src/core/ui/clock.ts'
import { Dialog, Drawer } from '../../../src/core/ui/dialog.tsx'
import { useHouse, useMay } from '../../../src/core/ui/house.tsx'
import { Menu, MenuItem, MenuLine, MenuLink } from '../../../src/core/ui/menu.tsx'
import { Notice, Skeleton } from '../../../src/core/ui/notice.tsx'
import { Strip } from '../../../src/core/ui/strip.tsx'
import { Tabs } from '../../../src/core/ui/tabs.tsx'
import { Countdown, Time } from '../../../src/core/ui/time.tsx'
import { Tooltip } from '../../../src/core/ui/tooltip.tsx'
import type { Status } from '../../../src/core/ui/verdict.tsx'
import { Badge, Trust, Verdict, VerdictMark } from '../../../src/core/ui/verdict.tsx'
import { Page, Part, useSay } from './page.tsx'

const statuses: readonly Status[] = ['kept', 'due', 'broken', 'unknown', 'excepted']
const months: readonly Status[] = [
  'kept',
  'kept',
  'broken',
  'kept',
  'kept',
  'excepted',
  'kept',
  'unknown',
  'kept',
  'kept',
  'kept',
  'due',
]

export default function Pieces() {
  const say = useSay()
  const { tell } = useHouse()
  const [tab, setTab] = useState('evidence')
  const [open, setOpen] = useState<'dialog' | 'drawer' | null>(null)
  const mayWrite = useMay('gallery.write')
  const close = () => setOpen(null)
  const now = serverNowMs()
  return (
    <Page title="shell.place.assurance">
      <Part title={say('ボタン', '按鈕', 'Buttons')}>
        <div className="flex flex-wrap items-center gap-3">
          <Button look="next" id="open-dialog" onClick={() => setOpen('dialog')}>
            {say('確認する', '確認', 'Confirm')}
          </Button>
          <Button id="open-drawer" onClick={() => setOpen('drawer')}>
            {say('詳細', '詳細內容', 'Details')}
          </Button>
          <Button look="danger">{say('取り下げる', '撤回', 'Retract')}</Button>
          <Button look="quiet">{say('やめる', '取消', 'Cancel')}</Button>
          <Button busy>{say('送信中', '傳送中', 'Sending')}</Button>
          <Button disabled={mayWrite}>{say('押せない', '無法使用', 'Not now')}</Button>
          <IconButton icon="search" label={say('検索', '搜尋', 'Search')} />
          <Link href="/forms">{say('務めへ', '前往工作', 'To the duties')}</Link>
          <Link href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</Link>
        </div>
      </Part>
      <Part title={say('判定', '判定', 'Verdicts')}>
        <p className="flex flex-wrap items-center gap-4">
          {statuses.map(status => (
            <Verdict key={status} status={status} />
          ))}
          <VerdictMark status="kept" label={say('守られている', '已遵守', 'Kept')} />
        </p>
        <p className="flex flex-wrap gap-2">
          <Trust trust="instrument" />
          <Trust trust="record" />
          <Trust trust="claim" />
          <Badge>TLS 1.3</Badge>
        </p>
        <Strip
          label={say('12か月', '12 個月', 'Twelve months')}
          periods={months.map((status, index) => ({
            id: `2026-${index + 1}`,
            name: say(`2026年${index + 1}月`, `2026 年 ${index + 1} 月`, `2026-${index + 1}`),
            status,
            ...(status === 'broken' ? { href: '/registers/tables' } : {}),
          }))}
        />
      </Part>
      <Part title={say('時刻', '時間', 'Time')}>
        <p>
          <Time at={new Date(now - 3 * 3_600_000).toISOString()} seconds />
        </p>
        <p>
          <Time at={new Date(now + 40 * 86_400_000).toISOString()} day />
        </p>
        <p>
          <Countdown until={new Date(now + 2 * 3_600_000).toISOString()} />
        </p>
        <p>
          <Countdown until={new Date(now - 26 * 3_600_000).toISOString()} />
        </p>
      </Part>
      <Part title={say('知らせ', '通知', 'Notices')}>
        <Notice
          title={say(
            '判定は10分前のものです',
            '判定為 10 分鐘前的結果',
            'Verdicts of ten minutes ago',
          )}
        />
        <Notice
          tone="next"
          title={say('母集団が宣言されていません', '尚未宣告母體', 'No population is declared')}
        >
          <p>
            {say(
              '宣言するまで判定は「証拠なし」です。',
              '宣告前，判定為「無證據」。',
              'Until then the verdict is unknown.',
            )}
          </p>
        </Notice>
        <Notice tone="done" title={say('検証できました', '驗證成功', 'Verified')} />
        <Skeleton />
        <Button
          id="tell"
          onClick={() =>
            tell({
              text: say('委任しました', '已委派', 'Delegated'),
              action: { text: say('元に戻す', '復原', 'Undo'), run: () => {} },
            })
          }
        >
          {say('知らせる', '通知', 'Tell')}
        </Button>
      </Part>
      <Part title={say('切り替え', '切換', 'Tabs')}>
        <Tabs
          label={say('表示', '檢視', 'View')}
          open={tab}
          onOpen={setTab}
          tabs={[
            { id: 'evidence', title: say('証拠', '證據', 'Evidence'), count: 7, body: <p>…</p> },
            { id: 'history', title: say('履歴', '歷程', 'History'), body: <p>…</p> },
          ]}
        />
      </Part>
      <Part title={say('メニュー', '選單', 'Menu')}>
        <div className="flex gap-3">
          <Menu
            label={say('操作', '操作', 'Actions')}
            trigger={
              <Button icon="down" id="open-menu">
                {say('操作', '操作', 'Actions')}
              </Button>
            }
          >
            <MenuItem run={() => setOpen('dialog')}>{say('委任する', '委派', 'Delegate')}</MenuItem>
            <MenuLink href="/forms">{say('務めへ', '前往工作', 'To the duties')}</MenuLink>
            <MenuLine />
            <MenuItem disabled run={() => {}}>
              {say('認める', '核可', 'Accept')}
            </MenuItem>
          </Menu>
          <Tooltip text={say('機械による測定', '機器量測', 'Measured by a machine')}>
            <Button>{say('信頼の根拠', '可信依據', 'Why trusted')}</Button>
          </Tooltip>
        </div>
      </Part>
      <Dialog
        title={say('この例外を認めますか', '核可此例外？', 'Accept this exception?')}
        open={open === 'dialog'}
        close={close}
        actions={
          <>
            <Button look="quiet" onClick={close}>
              {say('やめる', '取消', 'Cancel')}
            </Button>
            <Button look="next" onClick={close}>
              {say('認める', '核可', 'Accept')}
            </Button>
          </>
        }
      >
        <p>
          {say(
            '2027年3月31日に終わります。',
            '於 2027 年 3 月 31 日結束。',
            'It ends on 31 March 2027.',
          )}
        </p>
      </Dialog>
      <Drawer title={say('事実', '事實', 'A fact')} open={open === 'drawer'} close={close}>
        <p>…</p>
      </Drawer>
    </Page>
  )
}

import { Button } from '../../../src/core/ui/button.tsx'
import { useHouse } from '../../../src/core/ui/house.tsx'
import { Empty, ProblemNotice } from '../../../src/core/ui/notice.tsx'
import { Problem } from '../../../src/core/ui/problem.ts'
import { Page, useSay } from './page.tsx'

export default function EmptyPage() {
  const say = useSay()
  const { goTo } = useHouse()
  return (
    <Page title="ui.pages">
      <ProblemNotice
        problem={new Problem({ code: 'HTTP_UNREACHABLE' })}
        again={() => goTo('/registers/tables')}
      />
      <Empty
        title={say('資産はまだ登録されていません', '尚未登錄任何資產', 'No assets are listed yet')}
        text={say(
          'CSVファイルを取り込むと、何をどう読んだかを確かめてから登録できます。',
          '匯入 CSV 檔後，可先確認讀取結果再登錄。',
          'Import a CSV file; you will see how it was read before anything is listed.',
        )}
      >
        <Button look="next" icon="file">
          {say('ファイルを取り込む', '匯入檔案', 'Import a file')}
        </Button>
      </Empty>
    </Page>
  )
}

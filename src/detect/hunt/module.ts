import { defineModule } from '../../core/module.ts'
import { carriedOut } from './controls/carried-out.ts'
import { huntCompleted } from './facts.ts'

export default defineModule({
  id: 'detect.hunt',
  facts: [huntCompleted],
  controls: [carriedOut],
})

import type { Random } from './random.ts'

/** Parts from which names of people are put together who do not exist. */
const japanese = {
  family:
    '青葉 朝霧 石蕗 浮島 榎戸 織部 風見 桐島 霧生 葛城 小波 鷺沢 時雨 杉浦 芹沢 園部 高遠 千早 椿原 灯野'.split(
      ' ',
    ),
  given:
    '明日香 功一 恵理 和真 小百合 早紀 志帆 俊 大志 千尋 紬 直人 波留 尋人 舞 実 悠 遼 玲 航'.split(
      ' ',
    ),
}
const taiwanese = {
  family: '丘 江 沈 杜 凌 阮 卓 柯 施 梁 湯 程 馮 雷 詹 廖 潘 歐陽 戴 蕭'.split(' '),
  given:
    '以安 品妍 宇翔 芷晴 承恩 采潔 柏睿 思妤 冠廷 語彤 彥廷 若涵 子軒 雅筑 紹齊 詠晴 書豪 庭瑄 昱辰 郁婷'.split(
      ' ',
    ),
}
const english = {
  family:
    'Alderwick Brantholm Carrowby Dunmarsh Ellerfield Farnlow Glenthwaite Hartmere Inglewold Kestrow'.split(
      ' ',
    ),
  given: 'Ada Bruno Clara Dylan Edith Felix Greta Hugo Iris Jonas'.split(' '),
}

/** Six of ten from Japan, three from Taiwan, one from elsewhere. */
export function drawName(random: Random): string {
  const cast = random.below(10)
  const { family, given } = cast < 6 ? japanese : cast < 9 ? taiwanese : english
  const [last, first] = [random.pick(family), random.pick(given)]
  if (given === english.given) return `${first} ${last}`
  return given === japanese.given ? `${last} ${first}` : `${last}${first}`
}

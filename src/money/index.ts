export { allocate } from './allocate.ts';
export {
  costOf,
  type PicosPerUnit,
  rateFromUsdPerMillion,
  rateFromUsdPerUnit,
  scaleRate,
  usdPerMillion,
} from './rate.ts';
export {
  addUsd,
  compareUsd,
  decimalToScaled,
  formatUsd,
  fromPicos,
  picosPerUsd,
  subtractUsd,
  sumUsd,
  toApproximateNumber,
  toDecimal,
  type Usd,
  usd,
  zeroUsd,
} from './usd.ts';

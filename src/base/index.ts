export { AssertionFailure, assert } from './assert.ts';
export { type Clock, type ManualClock, manualClock, systemClock } from './clock.ts';
export { BurnrateError, type ErrorCode, errorCodes } from './errors.ts';
export { htmlText } from './html-text.ts';
export { type IdSource, idSource } from './ids.ts';
export { nearest } from './nearest.ts';
export { type Random, seededRandom, systemRandom } from './random.ts';
export { Recent } from './recent.ts';
export { offsetSpans } from './zone-offsets.ts';

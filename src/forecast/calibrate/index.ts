export { type CalibrationRow, rowOfAttempts } from './calibration-row.ts';
export { type Measures, measure } from './measure.ts';
export { type CalibrationTarget, type Proposal, proposeEdits } from './propose-edits.ts';

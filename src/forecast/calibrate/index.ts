export { type CalibrationRow, type InputPart, inputParts, rowOfAttempts } from './calibration-row.ts';
export { type Estimate, meanEstimate, quantileEstimate, shareEstimate } from './confidence.ts';
export { type Measures, measure, type Spread } from './measure.ts';
export { type CalibrationTarget, type Proposal, type ProposedChange, proposeEdits } from './propose-edits.ts';

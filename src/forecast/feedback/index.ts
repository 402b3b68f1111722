export { feedbackSystem } from './feedback-system.ts';
export { queueState } from './queue.ts';
export { simulateFeedback } from './simulate-feedback.ts';
export { findTippingPoint } from './tipping-point.ts';

export { type Equilibrium, equilibrium, type FeedbackSystem, type ImpatientUsers } from './feedback-loop.ts';
export { type FeedbackFacts, feedbackSystem } from './feedback-system.ts';
export { capacityPerSecond, type Queue, type QueueState, queueState, slowShare } from './queue.ts';
export { type SimulationOptions, type SimulationResult, simulateFeedback } from './simulate-feedback.ts';
export { findTippingPoint, type TippingPoint, type TippingSensitivity, tippingSensitivity } from './tipping-point.ts';

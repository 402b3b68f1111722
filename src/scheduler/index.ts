export { alertTask } from './alert-task.ts';
export { recordReviews } from './record-reviews.ts';
export { retentionRule } from './retention-task.ts';
export { reviewTask } from './review-task.ts';
export type { SchedulerLog } from './run-tasks.ts';
export { type SchedulerOptions, startScheduler } from './start-scheduler.ts';

export { recordReviews } from './record-reviews.ts';
export { reviewTask } from './review-task.ts';
export { startScheduler } from './start-scheduler.ts';

export { connectCoordinator } from './connect-coordinator.ts';
export type {
  CallAttempt,
  Conversation,
  ConversationTold,
  Coordinator,
  IdempotentState,
  KeptAnswer,
  Soon,
} from './coordinator.ts';
export { LocalCoordinator } from './local-coordinator.ts';
export { serveCoordinator } from './serve-coordinator.ts';

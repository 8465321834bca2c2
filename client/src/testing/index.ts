export { scriptedService } from './scripted-service.ts'
export type {
  Answer,
  Answers,
  GivenActivity,
  LazyMessages,
  Script,
  ScriptedActivity,
  ScriptedCall,
  ScriptedCaller,
  ScriptedChat,
  ScriptedService,
} from './script.ts'
export { fakeClock, settled, type FakeClock, type FakeClockOptions } from './fake-clock.ts'
export { seededRandom } from './random.ts'
export {
  memoryTransport,
  type MemoryPeer,
  type MemoryService,
  type Wire,
} from '../connection/memory.ts'
export { toPresence } from './scripted-presence.ts'
export { toChat, toInfo, toLimits, toMe, toMessage, toUser } from './fixtures.ts'

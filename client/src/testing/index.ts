export {
  scriptedService,
  type Answer,
  type Answers,
  type Script,
  type ScriptedCall,
  type ScriptedCaller,
  type ScriptedChat,
  type ScriptedService,
} from './scripted-service.ts'
export { fakeClock, settled, type FakeClock, type FakeClockOptions } from './fake-clock.ts'
export { seededRandom } from './random.ts'
export { memoryTransport, type MemoryPeer, type MemoryService, type Wire } from '../connection/memory.ts'
export { toChat, toInfo, toLimits, toMe, toMessage, toUser } from './fixtures.ts'

import { ActivityRoomElement } from './activity-room.ts'

export { ActivityRoomElement } from './activity-room.ts'
export * from './activity-room.events.ts'

ActivityRoomElement.define()

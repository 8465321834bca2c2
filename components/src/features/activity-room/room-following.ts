import type { ActivityHandle, ActivityPerson, ActivityState } from '@collab-kit/client'
import type { FollowStop } from '../activity/follow.ts'
import { CollabFollowStartEvent, CollabFollowStopEvent } from './activity-room.events.ts'
import { leadingOf } from './room-people.ts'

export interface FollowingHost {
  readonly element: HTMLElement
  handle(): ActivityHandle | undefined
  activity(): ActivityState | undefined
  people(): readonly ActivityPerson[]
  /** Has it said aloud: that somebody is followed, is not any more, or has left. */
  say(what: 'sayFollowing' | 'sayStopped' | 'sayLeaderLeft', username: string): void
  changed(): void
}

export interface Followed {
  connectionId: string
  username: string
}

/** Whom one follows, told to the page and to the person as it begins and ends. */
export class RoomFollowing {
  readonly #host: FollowingHost
  #followed: Followed | undefined

  constructor(host: FollowingHost) {
    this.#host = host
  }

  get followed(): Followed | undefined {
    return this.#followed
  }

  forget(): void {
    this.#followed = undefined
  }

  /** @returns `false` where nobody of that name, or no such connection, can be followed */
  start(whom: string): boolean {
    const person = this.#host.people().find(({ username }) => username === whom)
    const connectionId = person ? leadingOf(person)?.connectionId : whom
    const participant = this.#host.activity()?.participants[connectionId ?? '']
    if (!participant || participant.local) return false
    this.#host.handle()?.follow(participant.connectionId)
    return true
  }

  /** As the page wants it: somebody, as soon as they are there, or nobody. */
  ask(whom: string | undefined): void {
    const joined = this.#host.activity()?.status === 'joined'
    if (whom && joined && whom !== this.#followed?.username) this.start(whom)
    else if (!whom && this.#followed) this.#host.handle()?.unfollow()
  }

  /** Takes over whom the activity says; that nobody is followed any more comes by `stopped`. */
  update(activity: ActivityState | undefined): void {
    const leader = activity?.participants[activity.following ?? '']
    if (!leader || leader.connectionId === this.#followed?.connectionId) return
    const { connectionId, username } = leader
    if (this.#followed && this.#followed.username !== username) this.stopped('stopped', false)
    const again = this.#followed !== undefined
    this.#followed = { connectionId, username }
    this.#host.changed()
    // Another connection of the same person.
    if (again) return
    this.#host.element.dispatchEvent(new CollabFollowStartEvent(this.#followed))
    this.#host.say('sayFollowing', username)
  }

  /** @param unfollow Whether the activity is to be told, as far as it does not know. */
  stopped(reason: FollowStop, unfollow = true): void {
    const followed = this.#followed
    this.#followed = undefined
    if (!followed) return
    this.#host.changed()
    if (unfollow && this.#host.activity()?.following) this.#host.handle()?.unfollow()
    this.#host.element.dispatchEvent(new CollabFollowStopEvent({ ...followed, reason }))
    this.#host.say(reason === 'left' ? 'sayLeaderLeft' : 'sayStopped', followed.username)
  }
}

import type { Connection, Edge } from '../../kernel/context.ts'
import type { ConnectionEnd } from '../../kernel/module.ts'
import type { Report } from './change.ts'

/** How long one is still here without a connection: a reload is not a leave. */
export const PRESENCE_GRACE_MS = 5000
/** An event stream that once said whether somebody is there says it again within this time. */
export const IDLE_LEASE_MS = 20_000
/** What the database could not take is tried again after this time. */
const RETRY_MS = 1000
/** Most people of one report. */
const MOST = 500
/** So often a node that shares its database compares what stands there with what it knows. */
const COMPARE_MS = 10_000

/** One connection of a person. */
interface Device {
  signInId: string | undefined
  idle: boolean
  /** Nothing was heard from it for too long. */
  lapsed: boolean
  /** Its end is near unless it comes back or says something. */
  cancel?: () => void
  /** Its connection was lost. */
  lost?: true
}

/** Who is here from this node, by connections; what changes of it reaches the database in one report a tick. */
export class Devices {
  readonly #people = new Map<string, Map<string, Device>>()
  /** What the database was told; `unsure` where it did not say whether it took it. */
  readonly #reported = new Map<string, 'here' | 'idle' | 'unsure'>()
  #dirty = new Set<string>()
  #reporting = false
  #comparing = false

  /** A connection was made; whoever reads by an API key is nobody's device. */
  connected(edge: Edge, { id, caller }: Connection): void {
    const { username, scopes, signInId } = caller
    // It may have ended while it was made.
    if (scopes || !edge.connectionsOf(username).some((each) => each.id === id)) return
    const devices = this.#people.get(username) ?? new Map<string, Device>()
    this.#people.set(username, devices)
    // What was lost a moment ago on this device is what comes back now.
    for (const [each, device] of devices)
      if (device.lost && device.signInId === signInId) this.#remove(edge, username, each)
    devices.set(id, { signInId, idle: false, lapsed: false })
    this.#people.set(username, devices)
    this.#touch(edge, username)
    if (edge.policy.shared) this.#compareLater(edge)
  }

  disconnected(edge: Edge, { id, caller: { username } }: Connection, end: ConnectionEnd): void {
    const device = this.#people.get(username)?.get(id)
    if (!device) return
    device.cancel?.()
    if (end === 'left' || device.lapsed) return this.#remove(edge, username, id)
    device.lost = true
    device.cancel = edge.after(PRESENCE_GRACE_MS, () => this.#remove(edge, username, id))
  }

  setIdle(edge: Edge, idle: boolean): void {
    const { connection, caller } = edge
    const device = connection && this.#people.get(caller.username)?.get(connection.id)
    if (!device || device.lost) return
    device.idle = idle
    device.lapsed = false
    device.cancel?.()
    if (connection.transport === 'events')
      device.cancel = edge.after(IDLE_LEASE_MS, () => {
        device.lapsed = true
        this.#touch(edge, caller.username)
      })
    this.#touch(edge, caller.username)
  }

  #remove(edge: Edge, username: string, id: string): void {
    const devices = this.#people.get(username)
    devices?.get(id)?.cancel?.()
    devices?.delete(id)
    if (devices?.size === 0) this.#people.delete(username)
    this.#touch(edge, username)
  }

  /** What a person's devices here come to. */
  #fold(username: string): Report['now'] {
    const devices = [...(this.#people.get(username)?.values() ?? [])].filter(
      ({ lapsed }) => !lapsed,
    )
    if (devices.length === 0) return 'gone'
    return devices.every(({ idle }) => idle) ? 'idle' : 'here'
  }

  #touch(edge: Edge, username: string): void {
    this.#dirty.add(username)
    if (this.#reporting) return
    this.#reporting = true
    edge.afterAnswer(() => void this.#report(edge))
  }

  async #report(edge: Edge): Promise<void> {
    const names = [...this.#dirty].slice(0, MOST)
    for (const username of names) this.#dirty.delete(username)
    const people = names
      .map((username): Report => ({ username, now: this.#fold(username) }))
      .filter(({ username, now }) => (this.#reported.get(username) ?? 'gone') !== now)
    try {
      if (people.length > 0) await edge.internal('presence.$report', { people })
      for (const { username, now } of people) {
        if (now === 'gone') this.#reported.delete(username)
        else this.#reported.set(username, now)
      }
    } catch {
      // It may have been taken: it is reported again, as it is then, with what changes meanwhile.
      for (const { username } of people) {
        this.#dirty.add(username)
        this.#reported.set(username, 'unsure')
      }
      edge.after(RETRY_MS, () => void this.#report(edge))
      return
    }
    if (this.#dirty.size > 0) return this.#report(edge)
    this.#reporting = false
  }

  /** Other nodes take a node that was frozen for gone: what they took away is reported anew. */
  #compareLater(edge: Edge): void {
    if (this.#comparing) return
    this.#comparing = true
    edge.after(COMPARE_MS, () => void this.#compare(edge))
  }

  async #compare(edge: Edge): Promise<void> {
    this.#comparing = false
    if (this.#people.size === 0) return
    try {
      const known = new Map(this.#reported)
      const { names } = (await edge.lookup('presence.?here', { size: known.size })) as {
        names?: string[]
      }
      const there = new Set(names)
      for (const username of names ? known.keys() : []) {
        if (there.has(username) || !this.#reported.has(username)) continue
        this.#reported.delete(username)
        this.#touch(edge, username)
      }
    } catch {
      // The next comparison finds it.
    }
    this.#compareLater(edge)
  }
}

export const createDevices = (): Devices => new Devices()

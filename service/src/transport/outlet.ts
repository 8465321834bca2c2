import type { Frame } from './frame.ts'

/** Above this share of its budget a reader is not given what does not matter. */
export const PRESSED = 0.25

/** The way out to one reader over its transport, and the bytes that it has not taken yet. */
export interface Outlet {
  /** Bytes that may wait for the reader. */
  readonly budget: number
  /** Bytes that wait for the reader. */
  readonly bytes: number
  /** Whether so much waits that what does not matter is left out. */
  readonly pressed: boolean
  /** Whether so many more bytes may be queued. A reader without a queue may take one message of any size. */
  fits(bytes: number): boolean
  write(frame: Frame): void
  /** Drop what has not been handed to the transport. */
  clear(): void
  /** Called once, when the transport has taken everything. */
  whenEmpty(then: () => void): void
  /** End the transport in good order. */
  close(): void
  /** End it without waiting for one who does not read. */
  cut(): void
  /** Called when the transport is gone, whoever ended it. */
  whenGone(then: () => void): void
}

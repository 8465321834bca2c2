import { mkdirSync, openSync, write, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const STANDARD_OUTPUT = 1
/** Lines that wait for their destination, bytes; more are lost. */
const WAITING_BYTES = 4 * 1024 * 1024
/** A pipe whose reader is slow is tried again after this time. */
const AGAIN_MS = 100

/**
 * Takes lines and never makes anybody wait: not for a slow reader, not for a full disk. What cannot be written is lost,
 * and the log says how much as soon as it can. At the end of the process what waits is written in one attempt.
 */
export class LogSink {
  readonly #descriptor: number
  #lines: string[] = []
  #bytes = 0
  #lost = 0
  #busy = false

  /** To a file, made with its folder, or to standard output. */
  constructor(file: string | undefined) {
    if (file !== undefined) mkdirSync(dirname(file), { recursive: true })
    this.#descriptor = file === undefined ? STANDARD_OUTPUT : openSync(file, 'a')
  }

  write(line: string): void {
    if (this.#bytes > WAITING_BYTES) {
      this.#lost++
      return
    }
    this.#lines.push(line)
    this.#bytes += line.length
    if (this.#busy) return
    this.#busy = true
    process.once('exit', this.#finish)
    // The rest of this turn goes with it.
    setImmediate(() => this.#next())
  }

  #next(): void {
    if (this.#lines.length === 0) {
      this.#busy = false
      process.off('exit', this.#finish)
      return
    }
    const [lines, told] = [this.#lines.length, this.#lost]
    this.#send(this.#take(), (lost) => {
      this.#lost += lost ? lines : -told
      for (const line of this.#lines.splice(0, lines)) this.#bytes -= line.length
      this.#next()
    })
  }

  /** All that waits, with a word on what was lost before it. */
  #take(): Buffer {
    const lost =
      this.#lost === 0
        ? ''
        : `${JSON.stringify({ level: 40, time: new Date().toISOString(), lost: this.#lost, msg: 'lines of this log were lost' })}\n`
    return Buffer.from(lost + this.#lines.join(''))
  }

  #send(bytes: Buffer, then: (lost: boolean) => void): void {
    write(this.#descriptor, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#send(bytes, then), AGAIN_MS)
      else if (error) then(true)
      else if (written < bytes.length) this.#send(bytes.subarray(written), then)
      else then(false)
    })
  }

  readonly #finish = () => {
    try {
      writeSync(this.#descriptor, this.#take())
    } catch {
      // Nobody is left to be told, and the end of the process waits for no disk.
    }
  }
}

import type { ChildProcess } from 'node:child_process'

/** Resolves when a server says that it is ready; rejects with all it said when it ends first. */
export function ready(child: ChildProcess, sign: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      if (sign.test(output)) resolve()
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`It ended with exit code ${code}:\n${output}`)))
  })
}

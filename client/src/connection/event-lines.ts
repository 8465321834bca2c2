/**
 * Reads `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html) as it arrives, in
 * pieces of any size, and hands on the `data` of each event. Names, ids and times to come back are not needed: every
 * item says its own name, and positions and waits are the client's affair whatever the transport.
 */
export function readEventLines(onData: (data: string) => void): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder()
  let unfinished = ''
  let endedByReturn = false
  let data: string[] = []

  function line(text: string) {
    if (text === '') {
      const complete = data
      data = []
      if (complete.length) onData(complete.join('\n'))
    } else if (text === 'data' || text.startsWith('data:')) {
      data.push(text.slice(text.startsWith('data: ') ? 6 : 5))
    }
  }

  return (chunk) => {
    let text = decoder.decode(chunk, { stream: true })
    // A part of a character is no text yet.
    if (text === '') return
    // The second half of an end of line whose first half came before.
    if (endedByReturn && text.startsWith('\n')) text = text.slice(1)
    endedByReturn = text.endsWith('\r')
    const lines = (unfinished + text).split(/\r\n|\r|\n/)
    unfinished = lines.pop() ?? ''
    for (const each of lines) line(each)
  }
}

import type { EventItem, InputOf, OperationName } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { openEventStream, type EventStream, type StreamRequest } from './event-stream.ts'
import { callByRest } from './http.ts'
import { rules, type Stage } from './rule.ts'
import type { Person, Target } from './target.ts'

export interface EventStage extends Stage {
  /** Opens a person's event stream. */
  follow(
    person: Pick<Person, 'url' | 'accessToken'>,
    more?: Partial<StreamRequest>,
  ): Promise<EventStream>
}

/** As `rules`, with event streams that are closed and checked as well. */
export const eventRules =
  (target: Target) => (title: string, body: (stage: EventStage) => Promise<void>) =>
    rules(target)(title, async (stage) => {
      const streams: EventStream[] = []
      const follow: EventStage['follow'] = async ({ url, accessToken }, more) => {
        const token = more?.query?.['ticket'] === undefined ? { token: accessToken } : {}
        const stream = await openEventStream({ url, ...token, ...more })
        streams.push(stream)
        return stream
      }
      try {
        await body({ ...stage, follow })
        expect(streams.flatMap(({ violations }) => violations)).toEqual([])
      } finally {
        await Promise.all(streams.map((each) => each.close()))
      }
    })

/** The durable items of a stream that came over these connections, one after the other. */
export const durableOf = (
  stream: string,
  ...readers: readonly Pick<EventStream, 'items'>[]
): EventItem[] =>
  readers
    .flatMap(({ items }) => items)
    .filter((item) => item.stream === stream && item.seq !== undefined)

/** Resolves when a reader has the event at this position. */
export const reaches = (reader: EventStream, stream: string, seq: number): Promise<EventItem> =>
  reader.until((item) => item.stream === stream && item.seq === seq)

/** Calls by REST with the stream as the connection. */
export const bound =
  ({ url, accessToken: token }: Pick<Person, 'url' | 'accessToken'>, stream: EventStream) =>
  <N extends OperationName>(name: N, input: InputOf<N>): Promise<unknown> =>
    callByRest({ url, token, connectionId: stream.connectionId }, name, input)

import type { Config } from '../config.ts'

/** What is printed when the service can be reached: where, and who may come in where the demo has opened it. */
export function announcement(
  url: string,
  { demo, guests, registration }: Pick<Config, 'demo' | 'guests' | 'registration'>,
): string {
  const open = [
    ...(guests === 'on' ? ['guests come in with a name alone'] : []),
    ...(registration === 'open' ? ['anybody may register'] : []),
  ]
  const demoLine =
    demo === 'on' ? `\n  This is the demo: ${open.join(', ') || 'for accounts alone'}.` : ''
  return `\n  Collab Kit is at ${url}${demoLine}\n`
}

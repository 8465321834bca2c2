import { seededRandom, type Wire } from '@collab-kit/client/testing'

export interface WireQuality {
  /** How long every frame is on its way, milliseconds. */
  latencyMs: number
  /** Chance of a frame to get lost, from 0 to 1. */
  loss: number
}

/** What the toolbar offers. */
export const wireQualities = {
  good: { latencyMs: 0, loss: 0 },
  far: { latencyMs: 250, loss: 0 },
  slow: { latencyMs: 1500, loss: 0 },
  lossy: { latencyMs: 250, loss: 0.1 },
} as const satisfies Record<string, WireQuality>

export type WireName = keyof typeof wireQualities

/** A wire as good as its quality is at the moment. Frames keep their order; what is lost is lost. */
export function wireOf(quality: () => WireQuality): Wire {
  const random = seededRandom(7)
  return (deliver) => {
    const { latencyMs, loss } = quality()
    if (random() < loss) return
    if (latencyMs === 0) queueMicrotask(deliver)
    else setTimeout(deliver, latencyMs)
  }
}

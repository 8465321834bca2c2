/** How a story is to be shown. */
export interface Dress {
  theme: string
  dir: string
  locale: string
  /** Of the elements' text; empty for their own. */
  fontSize: string
}

export interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

export interface Focus {
  name: string
  /** Where its ring is drawn, as far as styles tell. */
  ring?: Box
}

/** Two pictures of the page as PNG in base64: with the focus and without. */
export interface Pictures {
  focused: string
  blurred: string
  /** Where the ring is; else it is looked for. */
  ring?: Box | undefined
}

/** What the page of a story can be asked; put there before anything else runs. */
export interface Checks {
  dress(wanted: Dress): Promise<void>
  /** What axe finds, and what is cut off or sticks out sideways; a line each. */
  look(): Promise<string[]>
  /** Puts the start of Tab to the story's beginning. */
  toStart(): void
  /** What has the focus; nothing when no element of the story has it. */
  focus(): Promise<Focus | undefined>
  blur(): void
  /** Where a focus ring lacks. */
  ring(pictures: Pictures): Promise<string[]>
}

interface AxeResult {
  id: string
  nodes: { target: unknown[]; failureSummary?: string; html: string }[]
}

declare global {
  interface Window {
    collabChecks: Checks
    axe: { run(context: unknown, options: unknown): Promise<{ violations: AxeResult[] }> }
  }
}

import { contrast, type Rgb } from '../../../stories/src/foundations/colours.ts'
import type { Box, Pictures } from './checks.ts'

/** Two pixels of the same place differ at least this much where the focus changed something. */
const CHANGED = 1.1
/** What a ring needs against what was there. */
const ENOUGH = 3
/** A ring is at least this thick, pixels. */
const THICK = 2
/** How far inside what changed a ring may begin: shadows are not as strong. */
const DEPTH = 8
/** How far outside it reaches where it brings a ground of its own. */
const GROUND = 4
/** Where each side is looked at: along its middle, for corners are round. */
const WAYS = [0.3, 0.4, 0.5, 0.6, 0.7]

type Point = readonly [x: number, y: number]
type IsSo = (point: Point) => boolean

/** How much two pictures differ, pixel by pixel. */
interface Difference {
  width: number
  height: number
  atLeast: (ratio: number) => IsSo
}

/**
 * Whether what the focus changed there is a frame without a gap: at each side at least two lines of pixels, one of them of
 * enough contrast. What is cut off has no line at that side.
 */
export async function ring(pictures: Pictures): Promise<string[]> {
  const difference = differenceOf(await pixels(pictures.focused), await pixels(pictures.blurred))
  const box = pictures.ring ? rounded(pictures.ring) : boxOf(difference)
  if (!box) return ['focus ring: none']
  return Object.entries(sidesOf(box)).flatMap(([side, lines]) => {
    const thick = thickness(lines, difference.atLeast(CHANGED))
    const strong = thickness(lines, difference.atLeast(ENOUGH))
    if (thick >= THICK && strong > 0) return []
    return `focus ring: ${thick} px at the ${side}, ${strong} of them of a contrast of ${ENOUGH}:1`
  })
}

async function pixels(png: string): Promise<ImageData> {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.codePointAt(0) ?? 0)
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
  if (!context) throw new Error('There is no canvas here.')
  context.drawImage(bitmap, 0, 0)
  return context.getImageData(0, 0, bitmap.width, bitmap.height)
}

function differenceOf(one: ImageData, other: ImageData): Difference {
  const { width, height } = one
  const ratios = new Float32Array(width * height)
  for (let pixel = 0; pixel < ratios.length; pixel++) {
    const [before, after] = [rgb(other, pixel), rgb(one, pixel)]
    const same = before.every((value, index) => value === after[index])
    if (!same) ratios[pixel] = contrast(before, after)
  }
  const atLeast =
    (ratio: number): IsSo =>
    ([x, y]) =>
      (ratios[y * width + x] ?? 0) >= ratio
  return { width, height, atLeast }
}

function rgb({ data }: ImageData, pixel: number): Rgb {
  const at = pixel * 4
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0]
}

const rounded = ({ left, right, top, bottom }: Box): Box => ({
  left: Math.floor(left),
  right: Math.ceil(right) - 1,
  top: Math.floor(top),
  bottom: Math.ceil(bottom) - 1,
})

/** The smallest box that holds everything the focus changed. */
function boxOf({ width, height, atLeast }: Difference): Box | undefined {
  const box = { left: width, right: -1, top: height, bottom: -1 }
  const isChanged = atLeast(CHANGED)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isChanged([x, y])) continue
      box.left = Math.min(box.left, x)
      box.right = Math.max(box.right, x)
      box.top = Math.min(box.top, y)
      box.bottom = Math.max(box.bottom, y)
    }
  }
  return box.right < 0 ? undefined : box
}

/** For each side, lines of pixels across its edge. */
function sidesOf({ left, right, top, bottom }: Box): Record<string, Point[][]> {
  const along = (from: number, to: number) =>
    WAYS.map((share) => Math.round(from + (to - from) * share))
  const inward = Array.from({ length: GROUND + DEPTH }, (_, index) => index - GROUND)
  return {
    left: along(top, bottom).map((y) => inward.map((by) => [left + by, y])),
    right: along(top, bottom).map((y) => inward.map((by) => [right - by, y])),
    top: along(left, right).map((x) => inward.map((by) => [x, top + by])),
    bottom: along(left, right).map((x) => inward.map((by) => [x, bottom - by])),
  }
}

/** How many pixels of the lines are so: of the second worst line, for one may meet an icon. */
function thickness(lines: readonly Point[][], isSo: IsSo): number {
  const counts = lines.map((line) => line.filter(isSo).length)
  return counts.toSorted((one, two) => one - two)[1] ?? 0
}

import { noChange } from 'lit'
import { directive, Directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js'

class IntrinsicSize extends Directive {
  #set = 0

  constructor(part: PartInfo) {
    super(part)
    if (part.type !== PartType.ELEMENT)
      throw new TypeError('intrinsicSize stands in the tag of an element')
  }

  override render(_pixels: number): typeof noChange {
    return noChange
  }

  override update(part: ElementPart, [pixels]: [number]): typeof noChange {
    if (pixels !== this.#set && part.element instanceof HTMLElement) {
      part.element.style.containIntrinsicBlockSize = `auto ${pixels}px`
      this.#set = pixels
    }
    return noChange
  }
}

/**
 * The height to reckon with for content that was never drawn. By script and not by a style attribute, which a strict
 * content security policy refuses.
 */
export const intrinsicSize = directive(IntrinsicSize)

import { createComponent } from '@lit/react'
import * as React from 'react'

const pascal = (name: string) => name.replace(/(^|-)\w/g, (start) => start.slice(-1).toUpperCase())

/** The property by which a listener is given: `onSendFailed` for `collab-send-failed`. */
const propOf = (event: string) => `on${pascal(event.replace('collab-', ''))}`

/**
 * The component of an element.
 *
 * @param elementClass The class, from the entry that registers it by its tag.
 * @param events Names of the events that it tells.
 */
export function wrap<E extends HTMLElement, P>(
  elementClass: { new (): E; readonly tag: string },
  events: readonly string[],
): React.ForwardRefExoticComponent<P & React.RefAttributes<E>> {
  const component: unknown = createComponent({
    react: React,
    tagName: elementClass.tag,
    elementClass,
    displayName: pascal(elementClass.tag),
    events: Object.fromEntries(events.map((event) => [propOf(event), event])),
  })
  // What it takes is generated beside each element, more strictly than from the class.
  return component as React.ForwardRefExoticComponent<P & React.RefAttributes<E>>
}

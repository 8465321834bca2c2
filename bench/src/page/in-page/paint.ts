/** Resolves in the task after the next frame was made: what is in the document by then was drawn. */
export function painted(): Promise<number> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        port1.close()
        resolve(performance.now())
      }
      port2.postMessage(undefined)
    })
  })
}

/** Resolves at the end of the task in which the tree came to be so. */
export function came<T>(root: Node, find: () => T | null | undefined, withinMs = 60_000) {
  return new Promise<T>((resolve, reject) => {
    const look = () => {
      const found = find()
      if (!found) return
      observer.disconnect()
      clearTimeout(late)
      resolve(found)
    }
    const observer = new MutationObserver(look)
    const late = setTimeout(() => {
      observer.disconnect()
      reject(new Error(`not so within ${withinMs} ms: ${find.toString()}`))
    }, withinMs)
    observer.observe(root, { subtree: true, childList: true, characterData: true })
    look()
  })
}

/** Lets the page come to rest: no frame is owed, so the next one comes as soon as it is asked for. */
export async function rest(ms = 60): Promise<void> {
  await painted()
  await new Promise((resolve) => setTimeout(resolve, ms))
}

/** Lets everything that moves come to its end too. */
export async function still(root: DocumentOrShadowRoot): Promise<void> {
  await rest()
  while (root.getAnimations().length > 0) await rest()
  await rest(120)
}

export interface Count {
  elements: number
  /** Texts and comments too. */
  nodes: number
}

/** Everything in the document, in shadow roots too. */
export function countNodes(root: Node = document): Count {
  const count = { elements: 0, nodes: 0 }
  const walker = document.createTreeWalker(root)
  for (let node: Node | null = root; node; node = walker.nextNode()) {
    count.nodes++
    if (!(node instanceof Element)) continue
    count.elements++
    if (!node.shadowRoot) continue
    const inside = countNodes(node.shadowRoot)
    count.nodes += inside.nodes
    count.elements += inside.elements
  }
  return count
}

/** The same work every time: how long it takes tells how much of the machine is ours. */
export function calibrate(): number {
  const start = performance.now()
  let sum = 0
  for (let round = 0; round < 20_000_000; round++) sum = (sum * 31 + round) | 0
  return performance.now() - start + (sum === 1 ? 1 : 0)
}

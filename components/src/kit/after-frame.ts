/** The next frame is drawn; out of sight, where none comes, a second has passed. */
export function afterFrame(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 1000)
    requestAnimationFrame(() => {
      clearTimeout(timer)
      // A task of its own, once the frame is drawn: it has enough to do.
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', () => resolve(), { once: true })
      port1.start()
      port2.postMessage(0)
    })
  })
}

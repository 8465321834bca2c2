/** Something that is fetched with its first use; what is asked of it before it is here is done then, in order. */
export type Later<T> = <R>(act: (made: T) => R) => R | Promise<R>

/** @param load Fetches and makes it; asked once */
export function later<T>(load: () => Promise<T>): Later<T> {
  let made: T | undefined
  let coming: Promise<T> | undefined
  let waiting = 0
  return (act) => {
    if (made) return act(made)
    waiting++
    coming ??= load()
    return coming.then((own) => {
      // Whoever waits comes before whoever asks meanwhile.
      if (!--waiting) made = own
      return act(own)
    })
  }
}

/** As `act`, which answers an end that may be wanted before there is anything to end. */
export function endOf<T>(use: Later<T>, act: (made: T) => () => void): () => void {
  let end: (() => void) | undefined
  let over = false
  void use((made) => {
    if (!over) end = act(made)
  })
  return () => {
    over = true
    end?.()
  }
}

import 'deep-chat'

let element

// A role becomes a class of the document: it may hold no space.
const toMessage = ({ text, own, sender }) => ({ text, role: own ? 'user' : sender })

globalThis.rival = {
  mount(host, messages) {
    element = document.createElement('deep-chat')
    const { width, height } = host.getBoundingClientRect()
    element.style.width = `${width}px`
    element.style.height = `${height}px`
    element.connect = { handler: () => {} }
    element.history = messages.map(toMessage)
    host.append(element)
  },
  append(one) {
    element.addMessage(toMessage(one))
  },
  root: () => element?.shadowRoot,
  newest() {
    // What stands there from the start is in one box, what came later beside it.
    const last = element?.shadowRoot?.querySelector('#messages')?.lastElementChild
    return last?.matches('.outer-message-container') ? last : last?.lastElementChild
  },
  text: (row) => row.querySelector('.message-bubble'),
}

import '@collab-kit/components/collab-chat'

// Ten chats, each with a function of its own for tokens: what a framework makes of an inline one.
for (let number = 0; number < 10; number++) {
  const element = document.createElement('collab-chat')
  element.serviceUrl = 'https://page.test'
  element.chatId = `room-${number}`
  element.getToken = () => Promise.resolve('token')
  document.querySelector('main')?.append(element)
}

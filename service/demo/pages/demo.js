import { addCard, startBoard } from './board.js'

const byId = (id) => document.getElementById(id)

// Both screens show the same page
const rooms = [...document.querySelectorAll('activity-room')]
for (const room of rooms) {
  room.append(byId('workspace').content.cloneNode(true))
  void startBoard(room, byId('card'))
  void openChat(room)
}

/** A room this narrow keeps its chat folded away; here it is to be seen at once. */
async function openChat(room) {
  await customElements.whenDefined('activity-room')
  await room.whenReady()
  const button = room.shadowRoot.querySelector('[part~=sidebar-button]')
  if (button?.ariaExpanded === 'false') button.click()
  await room.updateComplete
  // Two people have the same chat on one page: each is named after whose it is.
  const chat = room.shadowRoot.querySelector('collab-chat')
  if (chat) chat.label = room.dataset.chatLabel
}

// On an empty board Ann puts some cards
void putCards(rooms[0])

async function putCards(room) {
  await customElements.whenDefined('activity-room')
  await room.whenReady()
  if (Object.keys(room.shared).some((key) => key.startsWith('board.'))) return
  const activity = room.client.activity(room.activityType, room.activityId)
  const cards = {
    todo: ['Rent a boat', 'Get lights'],
    doing: ['Invitations'],
    done: ['Find a date'],
  }
  for (const [column, titles] of Object.entries(cards))
    for (const [at, title] of titles.entries()) addCard(activity, { title, column, at })
}

// The embed, with this service's own address
const embed = byId('code')
const script = embed.textContent.split('\n')[0].replace('http://localhost:4000', location.origin)
for (const radio of document.querySelectorAll('input[name=embed]')) {
  const choose = () => radio.checked && (embed.textContent = `${script}\n${radio.value}`)
  radio.addEventListener('change', choose)
  choose()
}
byId('copy').addEventListener('click', () => void copy())

async function copy() {
  const [button, copied] = ['copy', 'copied'].map(byId)
  try {
    await navigator.clipboard.writeText(embed.textContent)
    button.textContent = copied.textContent = 'Copied'
  } catch {
    // Without the permission people copy by hand: the text is selected for them.
    getSelection()?.selectAllChildren(embed)
    copied.textContent = 'The two lines are selected'
  }
  setTimeout(() => {
    button.textContent = 'Copy'
    copied.textContent = ''
  }, 2000)
}

// The theme
const root = document.documentElement
for (const radio of document.querySelectorAll('input[name=theme]')) {
  radio.checked = radio.value === (root.dataset.theme ?? 'system')
  radio.addEventListener('change', () => {
    if (radio.value === 'system') delete root.dataset.theme
    else root.dataset.theme = radio.value
    localStorage.setItem('collab-demo-theme', radio.value)
  })
}

// The replay
const form = byId('replay')
const [start, stop, progress, words] = ['start', 'stop', 'progress', 'replay-state'].map(byId)
const idleWords = words.textContent
const number = new Intl.NumberFormat('en')
const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' })
const POLL_MS = 400
let polling
/** The newest question; answers to older ones come too late to be shown. */
let asked = 0

function show({ available, running, sent, total, at, error }) {
  const focused = document.activeElement
  start.hidden = running
  start.disabled = !available
  form.speed.disabled = running || !available
  stop.hidden = !running
  progress.hidden = !running
  progress.max = total
  progress.value = sent
  words.textContent = running
    ? `${at ? `${time.format(new Date(at))} on that day: ` : ''}${number.format(sent)} of ${number.format(total)} messages`
    : sentence({ available, error, sent, total })
  // The button that was pressed makes way for its counterpart, and the focus goes with it.
  if (focused === start && running) stop.focus()
  else if (focused === stop && !running) start.focus()
  clearTimeout(polling)
  if (running) polling = setTimeout(() => void ask('GET'), POLL_MS)
}

function sentence({ available, error, sent, total }) {
  if (!available) return 'This lobby was in use before: there is no day in it to replay.'
  if (error) return `The replay ended early (${error}).`
  if (sent === total)
    return `The day is over: all ${number.format(total)} messages were sent again.`
  return sent > 0
    ? `Stopped after ${number.format(sent)} of ${number.format(total)} messages.`
    : idleWords
}

async function ask(method, body) {
  const mine = ++asked
  clearTimeout(polling)
  try {
    const response = await fetch('/demo/replay', {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    // Somebody else may have started one a moment before: then that one is shown.
    const state = response.ok && (await response.json())
    if (mine !== asked) return
    if (state) show(state)
    else if (method !== 'GET') await ask('GET')
  } catch {
    // The service is away; the chats say so, and the replay is asked for again.
    clearTimeout(polling)
    polling = setTimeout(() => void ask('GET'), 5 * POLL_MS)
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const { value } = form.speed
  void ask('POST', { speed: value === 'max' ? value : Number(value) })
})
stop.addEventListener('click', () => void ask('DELETE'))
void ask('GET')

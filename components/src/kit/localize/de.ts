import { together } from './de-together.ts'
import type { Messages } from './messages.ts'

// German. It speaks to people as „Sie“, and where it can to nobody. Quotes are „…“, and "…" stands after a no-break space.
export const messages: Messages = {
  // Shared
  tryAgain: 'Noch einmal versuchen',
  loadingSignIn: 'Anmeldung wird geladen …',
  sayNew: (f, count) => f.plural(count, { one: '# neue Nachricht', other: '# neue Nachrichten' }),
  error_rate_limited:
    'Zu viele Versuche in kurzer Zeit. Warten Sie einen Moment und versuchen Sie es dann noch einmal.',
  error_unavailable:
    'Der Dienst ist gerade nicht erreichbar. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.',
  error_other: 'Etwas ist schiefgegangen. Versuchen Sie es noch einmal.',

  // Connection
  live: 'Verbunden',
  connecting: 'Verbinden …',
  reconnecting: 'Neu verbinden …',
  offline: 'Offline',
  reconnectingBanner: 'Die Verbindung ist unterbrochen und wird wiederhergestellt …',
  offlineBanner:
    'Sie sind offline. Nachrichten werden gesendet, sobald die Verbindung wieder da ist.',
  offlineQueued: (f, count) =>
    f.plural(count, {
      one: 'Sie sind offline. # Nachricht wird gesendet, sobald die Verbindung wieder da ist.',
      other:
        'Sie sind offline. # Nachrichten werden gesendet, sobald die Verbindung wieder da ist.',
    }),
  backOnline: 'Wieder verbunden',

  // Chat
  chat: 'Chat',
  messagesOf: (_f, name) => `Nachrichten in ${name}`,
  members: (f, count) => f.plural(count, { one: '# Mitglied', other: '# Mitglieder' }),
  loading: 'Nachrichten werden geladen …',
  guest: 'Gast',
  you: 'Ich',
  unreadSince: (f, count, since) =>
    f.plural(count, {
      one: `# ungelesene Nachricht seit ${since}`,
      other: `# ungelesene Nachrichten seit ${since}`,
    }),
  edited: 'bearbeitet',
  deleted: 'Diese Nachricht wurde gelöscht.',
  loadOlder: 'Ältere Nachrichten laden',
  loadingOlder: 'Ältere Nachrichten werden geladen …',
  olderFailed: 'Ältere Nachrichten konnten nicht geladen werden.',
  loadingNewer: 'Neuere Nachrichten werden geladen …',
  newerFailed: 'Neuere Nachrichten konnten nicht geladen werden.',
  beginning: 'Hier beginnt die Unterhaltung.',
  jumpUnread: (f, count) =>
    f.plural(count, {
      one: '# ungelesene Nachricht, dorthin springen',
      other: '# ungelesene Nachrichten, zur ersten springen',
    }),
  jump: 'Zur neuesten Nachricht',
  jumpNew: (f, count) =>
    f.plural(count, {
      one: 'Zur neuesten Nachricht, # neue Nachricht',
      other: 'Zur neuesten Nachricht, # neue Nachrichten',
    }),

  // Sending
  stateQueued: 'Wartet auf das Senden',
  stateSending: 'Wird gesendet …',
  stateSent: 'Gesendet',
  stateFailed: 'Nicht gesendet',
  failedBecause: (_f, reason) => `Nicht gesendet. ${reason}`,
  retry: 'Erneut senden',
  discard: 'Löschen',
  retryMessage: (_f, body) => `„${body}“ erneut senden`,
  discardMessage: (_f, body) => `„${body}“ löschen`,

  // Composer
  composerLabel: (_f, name) => `Nachricht an ${name}`,
  composerPlain: 'Nachricht',
  send: 'Senden',
  signInToWrite: 'Melden Sie sich an, um zu schreiben.',
  messageMissing: 'Schreiben Sie eine Nachricht.',
  leftToWrite: (f, count) => f.plural(count, { other: 'Noch # Zeichen' }),
  tooLong: (f, count) =>
    f.plural(count, {
      other: 'Um # Zeichen zu lang. Kürzen Sie die Nachricht, um sie zu senden.',
    }),
  readOnly: 'Sie können diesen Chat lesen, aber nicht darin schreiben.',
  typingOne: (_f, name) => `${name} schreibt …`,
  typingTwo: (_f, one, two) => `${one} und ${two} schreiben …`,
  typingSeveral: 'Mehrere Personen schreiben …',

  // Said, not shown
  sayMessage: (_f, name, body) => `${name}: ${body}`,
  sayUnread: (f, count) =>
    f.plural(count, { one: '# ungelesene Nachricht', other: '# ungelesene Nachrichten' }),
  sayOlder: (f, count) =>
    f.plural(count, { one: '# ältere Nachricht geladen', other: '# ältere Nachrichten geladen' }),
  sayFailed: 'Nachricht nicht gesendet. „Erneut senden“ und „Löschen“ stehen bei der Nachricht.',

  // Why a message was not sent
  error_too_large: 'Die Nachricht ist zu lang.',
  error_forbidden: 'Sie dürfen hier nicht schreiben.',
  error_not_found: 'Diesen Chat gibt es nicht mehr.',
  error_invalid_payload: 'Der Dienst hat die Nachricht nicht angenommen.',

  // In the place of messages
  emptyTitle: 'Noch keine Nachrichten',
  emptyText: 'Sagen Sie Hallo. Alle hier werden es sehen.',
  emptyReadOnly: 'Sobald jemand schreibt, erscheint es hier.',
  writeFirst: 'Nachricht schreiben',
  originDeniedTitle: 'Diese Seite ist hier noch nicht zugelassen',
  originDenied:
    'Der Chat-Dienst kennt diese Seite nicht. Wer ihn betreibt, muss diese Herkunft in allowedOrigins eintragen:',
  forbiddenTitle: 'Sie können diesen Chat nicht öffnen',
  forbidden: 'Er ist privat. Bitten Sie ein Mitglied, Sie hinzuzufügen.',
  notFoundTitle: 'Diesen Chat gibt es nicht',
  notFound: 'Vielleicht wurde er entfernt, oder er ist privat.',
  noChatTitle: 'Es ist kein Chat ausgewählt',
  noChat: 'Geben Sie im Attribut chat-id dieses Elements an, welchen Chat es zeigen soll.',
  noServiceTitle: 'Dem Chat fehlt die Adresse',
  noService: 'Geben Sie im Attribut service-url dieses Elements die Adresse Ihres Dienstes an.',
  endedTitle: 'Ihre Sitzung ist beendet',
  ended: 'Laden Sie die Seite neu, oder versuchen Sie es noch einmal.',
  refusedTitle: 'Der Chat lässt sich nicht öffnen',
  refused: 'Der Dienst hat die Verbindung abgelehnt.',
  refusedCode: (_f, code) => `Fehlercode: ${code}`,

  // Signing in
  signIn: 'Anmelden',
  signInTitle: 'An der Unterhaltung teilnehmen',
  accountTitle: 'Willkommen zurück',
  registerTitle: 'Konto erstellen',
  guestIntro: 'Wählen Sie einen Namen, den die anderen sehen.',
  accountIntro: 'Melden Sie sich mit Ihrem Konto an.',
  registerIntro: 'Das dauert keine Minute.',
  displayName: 'Ihr Name',
  username: 'Benutzername',
  password: 'Passwort',
  passwordHint: 'Mindestens 8 Zeichen',
  showPassword: 'Passwort anzeigen',
  continueAsGuest: 'Als Gast fortfahren',
  createAccount: 'Konto erstellen',
  haveAccount: 'Ich habe ein Konto',
  newHere: 'Neu hier? Konto erstellen',
  beGuest: 'Stattdessen als Gast fortfahren',
  working: 'Einen Moment …',
  nameMissing: 'Geben Sie einen Namen ein, damit die anderen wissen, wer schreibt.',
  nameInvalid: 'Verwenden Sie 1 bis 80 Zeichen in einer Zeile.',
  usernameMissing: 'Geben Sie Ihren Benutzernamen ein.',
  usernameInvalid:
    'Verwenden Sie Buchstaben, Ziffern und Zeichen, aber keine Leerzeichen und weder „/“ noch „:“ oder „#“.',
  usernameTaken: 'Dieser Benutzername ist vergeben. Wählen Sie einen anderen.',
  passwordMissing: 'Geben Sie Ihr Passwort ein.',
  passwordShort: 'Verwenden Sie mindestens 8 Zeichen.',
  wrongPassword:
    'Benutzername und Passwort passen nicht zusammen. Prüfen Sie beides und versuchen Sie es noch einmal.',
  registrationClosed:
    'Neue Konten gibt es hier zurzeit nicht. Nutzen Sie einen vorhandenen Zugang, oder fragen Sie, wer diese Seite betreibt.',
  guestsClosed: 'Gäste sind hier zurzeit nicht zugelassen. Melden Sie sich mit einem Konto an.',

  // Options
  options: 'Ansagen und Tasten',
  announceLegend: 'Neue Nachrichten, mit einem Screenreader',
  announceFull: 'Vorlesen',
  announceSummary: 'Nur ihre Anzahl ansagen',
  announceOff: 'Nichts ansagen',

  // Keyboard
  keysTitle: 'Tastatur',
  keysClose: 'Schließen',
  keysUpDown: 'Vorige oder nächste Nachricht',
  keysHomeEnd: 'Erste oder neueste Nachricht',
  keysEnter: 'Links und Schaltflächen der Nachricht',
  keysEscape: 'Zurück zur Nachricht, dann zum Eingabefeld',
  keysLeave: 'Die Nachrichten verlassen, davor oder danach',
  keysHelp: 'Diese Übersicht',
  keysSend: 'Senden',
  keysNewLine: 'Neue Zeile',
  keysToMessages: 'Vom Eingabefeld zu den Nachrichten',

  ...together,
}

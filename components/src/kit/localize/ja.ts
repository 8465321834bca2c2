import { together } from './ja-together.ts'
import type { Messages } from './messages.ts'

// Japanese. Counts have one form; there are no spaces, also not around names and numbers. Quotes are 「…」.
export const messages: Messages = {
  // Shared
  tryAgain: 'もう一度試す',
  loadingSignIn: 'サインイン画面を読み込んでいます…',
  sayNew: (f, count) => f.plural(count, { other: '新着メッセージ#件' }),
  error_rate_limited: '短時間に何度も試行されました。少し待ってから、もう一度お試しください。',
  error_unavailable: '現在サービスに接続できません。接続を確認して、もう一度お試しください。',
  error_other: '問題が発生しました。もう一度お試しください。',

  // Connection
  live: '接続済み',
  connecting: '接続中…',
  reconnecting: '再接続中…',
  offline: 'オフライン',
  reconnectingBanner: '接続が切れました。再接続しています…',
  offlineBanner: 'オフラインです。メッセージは接続が回復すると送信されます。',
  offlineQueued: (f, count) =>
    f.plural(count, { other: 'オフラインです。#件のメッセージは接続が回復すると送信されます。' }),
  backOnline: '接続が回復しました',

  // Chat
  chat: 'チャット',
  messagesOf: (_f, name) => `${name}のメッセージ`,
  members: (f, count) => f.plural(count, { other: 'メンバー#人' }),
  loading: 'メッセージを読み込んでいます…',
  guest: 'ゲスト',
  you: '自分',
  unreadSince: (f, count, since) => f.plural(count, { other: `${since}から未読#件` }),
  edited: '編集済み',
  deleted: 'このメッセージは削除されました。',
  loadOlder: '以前のメッセージを読み込む',
  loadingOlder: '以前のメッセージを読み込んでいます…',
  olderFailed: '以前のメッセージを読み込めませんでした。',
  loadingNewer: '以降のメッセージを読み込んでいます…',
  newerFailed: '以降のメッセージを読み込めませんでした。',
  beginning: 'ここから会話が始まります。',
  jumpUnread: (f, count) => f.plural(count, { other: '未読メッセージ#件、最初の未読へ移動' }),
  jump: '最新のメッセージへ移動',
  jumpNew: (f, count) => f.plural(count, { other: '最新のメッセージへ移動、新着メッセージ#件' }),

  // Sending
  stateQueued: '送信待ち',
  stateSending: '送信中…',
  stateSent: '送信済み',
  stateFailed: '未送信',
  failedBecause: (_f, reason) => `送信できませんでした。${reason}`,
  retry: '再送信',
  discard: '削除',
  retryMessage: (_f, body) => `「${body}」を再送信`,
  discardMessage: (_f, body) => `「${body}」を削除`,

  // Composer
  composerLabel: (_f, name) => `${name}へのメッセージ`,
  composerPlain: 'メッセージ',
  send: '送信',
  signInToWrite: '書き込むにはサインインしてください。',
  messageMissing: 'メッセージを入力してください。',
  leftToWrite: (f, count) => f.plural(count, { other: 'あと#文字' }),
  tooLong: (f, count) =>
    f.plural(count, { other: '#文字超過しています。送信するには短くしてください。' }),
  readOnly: 'このチャットは閲覧のみで、書き込みはできません。',
  typingOne: (_f, name) => `${name}さんが入力しています…`,
  typingTwo: (_f, one, two) => `${one}さんと${two}さんが入力しています…`,
  typingSeveral: '複数の人が入力しています…',

  // Said, not shown
  sayMessage: (_f, name, body) => `${name}：${body}`,
  sayUnread: (f, count) => f.plural(count, { other: '未読メッセージ#件' }),
  sayOlder: (f, count) => f.plural(count, { other: '以前のメッセージを#件読み込みました' }),
  sayFailed:
    'メッセージを送信できませんでした。そのメッセージの「再送信」または「削除」を選んでください。',

  // Why a message was not sent
  error_too_large: 'メッセージが長すぎます。',
  error_forbidden: 'ここに書き込む権限がありません。',
  error_not_found: 'このチャットはもうありません。',
  error_invalid_payload: 'サービスがメッセージを受け付けませんでした。',

  // In the place of messages
  emptyTitle: 'メッセージはまだありません',
  emptyText: 'あいさつしてみましょう。ここにいる全員に表示されます。',
  emptyReadOnly: '誰かが書き込むと、ここに表示されます。',
  writeFirst: 'メッセージを書く',
  originDeniedTitle: 'このページはまだ許可されていません',
  originDenied:
    'チャットサービスはこのページを認識していません。サービスの運営者が、次のオリジンをallowedOriginsに追加する必要があります：',
  forbiddenTitle: 'このチャットは開けません',
  forbidden: '非公開のチャットです。メンバーに追加を依頼してください。',
  notFoundTitle: 'チャットが見つかりません',
  notFound: '削除されたか、非公開の可能性があります。',
  noChatTitle: 'チャットが選択されていません',
  noChat: 'この要素のchat-id属性に、表示するチャットを指定してください。',
  noServiceTitle: 'チャットのアドレスがありません',
  noService: 'この要素のservice-url属性に、サービスのアドレスを指定してください。',
  endedTitle: 'セッションが終了しました',
  ended: 'ページを再読み込みするか、もう一度お試しください。',
  refusedTitle: 'チャットを開けません',
  refused: 'サービスが接続を拒否しました。',
  refusedCode: (_f, code) => `コード：${code}`,

  // Signing in
  signIn: 'サインイン',
  signInTitle: '会話に参加する',
  accountTitle: 'おかえりなさい',
  registerTitle: 'アカウントの作成',
  guestIntro: 'ほかの人に表示される名前を入力してください。',
  accountIntro: 'アカウントでサインインしてください。',
  registerIntro: '1分もかかりません。',
  displayName: '名前',
  username: 'ユーザー名',
  password: 'パスワード',
  passwordHint: '8文字以上',
  showPassword: 'パスワードを表示',
  continueAsGuest: 'ゲストとして続ける',
  createAccount: 'アカウントを作成',
  haveAccount: 'アカウントを持っています',
  newHere: '初めての方はアカウントを作成',
  beGuest: '代わりにゲストとして続ける',
  working: '少々お待ちください…',
  nameMissing: '誰が話しているか分かるように、名前を入力してください。',
  nameInvalid: '1～80文字、1行で入力してください。',
  usernameMissing: 'ユーザー名を入力してください。',
  usernameInvalid: '文字、数字、記号を使ってください。空白と「/」「:」「#」は使えません。',
  usernameTaken: 'このユーザー名は使われています。別のユーザー名を選んでください。',
  passwordMissing: 'パスワードを入力してください。',
  passwordShort: '8文字以上で入力してください。',
  wrongPassword: 'ユーザー名とパスワードが一致しません。両方を確認して、もう一度お試しください。',
  registrationClosed:
    'ここでは新しいアカウントを作成できません。お持ちの方法で続けるか、このページの運営者にお問い合わせください。',
  guestsClosed: '現在、ゲストは参加できません。アカウントでサインインしてください。',

  // Options
  options: '読み上げとキー操作',
  announceLegend: '新着メッセージ（スクリーンリーダー使用時）',
  announceFull: '内容を読み上げる',
  announceSummary: '件数だけを知らせる',
  announceOff: '何も知らせない',

  // Keyboard
  keysTitle: 'キーボード',
  keysClose: '閉じる',
  keysUpDown: '前または次のメッセージ',
  keysHomeEnd: '最初または最新のメッセージ',
  keysEnter: 'メッセージのリンクとボタン',
  keysEscape: 'メッセージに戻り、次に入力欄に戻る',
  keysLeave: 'メッセージ一覧の前または後へ出る',
  keysHelp: 'この一覧',
  keysSend: '送信',
  keysNewLine: '改行',
  keysToMessages: '入力欄からメッセージへ',

  ...together,
}

import { together } from './ar-together.ts'
import type { Messages } from './messages.ts'

// Arabic. One and two are words of their own, so their forms have no number; "few" is 3 to 10, "many" 11 to 99, and
// "other" whole hundreds. Quotes are ”…“ as CLDR has them: they are read from right to left.
export const messages: Messages = {
  // Shared
  tryAgain: 'المحاولة مرة أخرى',
  loadingSignIn: 'جارٍ تحميل تسجيل الدخول…',
  sayNew: (f, count) =>
    f.plural(count, {
      zero: 'لا رسائل جديدة',
      one: 'رسالة جديدة واحدة',
      two: 'رسالتان جديدتان',
      few: '# رسائل جديدة',
      many: '# رسالة جديدة',
      other: '# رسالة جديدة',
    }),
  error_rate_limited: 'محاولات كثيرة في وقت قصير. انتظر لحظة ثم حاول مرة أخرى.',
  error_unavailable: 'تعذّر الوصول إلى الخدمة الآن. تحقّق من اتصالك وحاول مرة أخرى.',
  error_other: 'حدث خطأ ما. حاول مرة أخرى.',

  // Connection
  live: 'متصل',
  connecting: 'جارٍ الاتصال…',
  reconnecting: 'جارٍ إعادة الاتصال…',
  offline: 'غير متصل',
  reconnectingBanner: 'انقطع الاتصال. جارٍ إعادة الاتصال…',
  offlineBanner: 'أنت غير متصل. ستُرسل الرسائل عند عودة الاتصال.',
  offlineQueued: (f, count) =>
    f.plural(count, {
      zero: 'أنت غير متصل. ستُرسل الرسائل عند عودة الاتصال.',
      one: 'أنت غير متصل. ستُرسل رسالة واحدة عند عودة الاتصال.',
      two: 'أنت غير متصل. ستُرسل رسالتان عند عودة الاتصال.',
      few: 'أنت غير متصل. ستُرسل # رسائل عند عودة الاتصال.',
      many: 'أنت غير متصل. ستُرسل # رسالة عند عودة الاتصال.',
      other: 'أنت غير متصل. ستُرسل # رسالة عند عودة الاتصال.',
    }),
  backOnline: 'عاد الاتصال',

  // Chat
  chat: 'الدردشة',
  messagesOf: (_f, name) => `رسائل ${name}`,
  members: (f, count) =>
    f.plural(count, {
      zero: 'لا أعضاء',
      one: 'عضو واحد',
      two: 'عضوان',
      few: '# أعضاء',
      many: '# عضوًا',
      other: '# عضو',
    }),
  loading: 'جارٍ تحميل الرسائل…',
  guest: 'ضيف',
  you: 'أنت',
  unreadSince: (f, count, since) =>
    f.plural(count, {
      zero: `لا رسائل غير مقروءة منذ ${since}`,
      one: `رسالة واحدة غير مقروءة منذ ${since}`,
      two: `رسالتان غير مقروءتين منذ ${since}`,
      few: `# رسائل غير مقروءة منذ ${since}`,
      many: `# رسالة غير مقروءة منذ ${since}`,
      other: `# رسالة غير مقروءة منذ ${since}`,
    }),
  edited: 'معدَّلة',
  deleted: 'حُذفت هذه الرسالة.',
  loadOlder: 'تحميل رسائل أقدم',
  loadingOlder: 'جارٍ تحميل رسائل أقدم…',
  olderFailed: 'تعذّر تحميل الرسائل الأقدم.',
  loadingNewer: 'جارٍ تحميل رسائل أحدث…',
  newerFailed: 'تعذّر تحميل الرسائل الأحدث.',
  beginning: 'هنا تبدأ المحادثة.',
  jumpUnread: (f, count) =>
    f.plural(count, {
      zero: 'لا رسائل غير مقروءة',
      one: 'رسالة واحدة غير مقروءة، الانتقال إليها',
      two: 'رسالتان غير مقروءتين، الانتقال إلى أولاهما',
      few: '# رسائل غير مقروءة، الانتقال إلى أولها',
      many: '# رسالة غير مقروءة، الانتقال إلى أولها',
      other: '# رسالة غير مقروءة، الانتقال إلى أولها',
    }),
  jump: 'الانتقال إلى الأحدث',
  jumpNew: (f, count) =>
    f.plural(count, {
      zero: 'الانتقال إلى الأحدث، لا رسائل جديدة',
      one: 'الانتقال إلى الأحدث، رسالة جديدة واحدة',
      two: 'الانتقال إلى الأحدث، رسالتان جديدتان',
      few: 'الانتقال إلى الأحدث، # رسائل جديدة',
      many: 'الانتقال إلى الأحدث، # رسالة جديدة',
      other: 'الانتقال إلى الأحدث، # رسالة جديدة',
    }),

  // Sending
  stateQueued: 'في انتظار الإرسال',
  stateSending: 'جارٍ الإرسال…',
  stateSent: 'أُرسلت',
  stateFailed: 'لم تُرسل',
  failedBecause: (_f, reason) => `لم تُرسل. ${reason}`,
  retry: 'إعادة الإرسال',
  discard: 'حذف',
  retryMessage: (_f, body) => `إعادة الإرسال: ${body}`,
  discardMessage: (_f, body) => `حذف: ${body}`,

  // Composer
  composerLabel: (_f, name) => `رسالة إلى ${name}`,
  composerPlain: 'رسالة',
  send: 'إرسال',
  signInToWrite: 'سجّل الدخول لتتمكن من الكتابة.',
  messageMissing: 'اكتب رسالة.',
  leftToWrite: (f, count) =>
    f.plural(count, {
      zero: 'لم يتبقَّ أي حرف',
      one: 'تبقّى حرف واحد',
      two: 'تبقّى حرفان',
      few: 'تبقّت # أحرف',
      many: 'تبقّى # حرفًا',
      other: 'تبقّى # حرف',
    }),
  tooLong: (f, count) =>
    f.plural(count, {
      zero: 'الرسالة أطول من المسموح. اختصرها لإرسالها.',
      one: 'الرسالة أطول من المسموح بحرف واحد. اختصرها لإرسالها.',
      two: 'الرسالة أطول من المسموح بحرفين. اختصرها لإرسالها.',
      few: 'الرسالة أطول من المسموح بمقدار # أحرف. اختصرها لإرسالها.',
      many: 'الرسالة أطول من المسموح بمقدار # حرفًا. اختصرها لإرسالها.',
      other: 'الرسالة أطول من المسموح بمقدار # حرف. اختصرها لإرسالها.',
    }),
  readOnly: 'يمكنك قراءة هذه الدردشة، لكن لا يمكنك الكتابة فيها.',
  typingOne: (_f, name) => `${name} يكتب…`,
  typingTwo: (_f, one, two) => `${one} و${two} يكتبان…`,
  typingSeveral: 'عدة أشخاص يكتبون…',

  // Said, not shown
  sayMessage: (_f, name, body) => `${name}: ${body}`,
  sayUnread: (f, count) =>
    f.plural(count, {
      zero: 'لا رسائل غير مقروءة',
      one: 'رسالة واحدة غير مقروءة',
      two: 'رسالتان غير مقروءتين',
      few: '# رسائل غير مقروءة',
      many: '# رسالة غير مقروءة',
      other: '# رسالة غير مقروءة',
    }),
  sayOlder: (f, count) =>
    f.plural(count, {
      zero: 'لم تُحمَّل رسائل أقدم',
      one: 'حُمِّلت رسالة أقدم واحدة',
      two: 'حُمِّلت رسالتان أقدم',
      few: 'حُمِّلت # رسائل أقدم',
      many: 'حُمِّلت # رسالة أقدم',
      other: 'حُمِّلت # رسالة أقدم',
    }),
  sayFailed: 'لم تُرسل الرسالة. تجد الزرين ”إعادة الإرسال“ و”حذف“ عند الرسالة.',

  // Why a message was not sent
  error_too_large: 'الرسالة طويلة جدًا.',
  error_forbidden: 'لا يُسمح لك بالكتابة هنا.',
  error_not_found: 'لم تعد هذه الدردشة موجودة.',
  error_invalid_payload: 'لم تقبل الخدمة هذه الرسالة.',

  // In the place of messages
  emptyTitle: 'لا توجد رسائل بعد',
  emptyText: 'ابدأ بالتحية. سيراها كل من هنا.',
  emptyReadOnly: 'عندما يكتب أحدهم، تظهر الرسالة هنا.',
  writeFirst: 'كتابة رسالة',
  originDeniedTitle: 'هذه الصفحة غير مسموح بها هنا بعد',
  originDenied:
    'لا تعرف خدمة الدردشة هذه الصفحة. على من يدير الخدمة إضافة هذا العنوان المصدر إلى allowedOrigins:',
  forbiddenTitle: 'لا يمكنك فتح هذه الدردشة',
  forbidden: 'هذه الدردشة خاصة. اطلب من أحد أعضائها إضافتك.',
  notFoundTitle: 'لا توجد دردشة كهذه',
  notFound: 'ربما أُزيلت، أو ربما هي خاصة.',
  noChatTitle: 'لم يتم اختيار دردشة',
  noChat: 'عيّن في السمة chat-id لهذا العنصر الدردشة التي ينبغي أن يعرضها.',
  noServiceTitle: 'ليس للدردشة عنوان',
  noService: 'عيّن في السمة service-url لهذا العنصر عنوان خدمتك.',
  endedTitle: 'انتهت جلستك',
  ended: 'أعد تحميل الصفحة، أو حاول مرة أخرى.',
  refusedTitle: 'تعذّر فتح الدردشة',
  refused: 'رفضت الخدمة الاتصال.',
  refusedCode: (_f, code) => `الرمز: ${code}`,

  // Signing in
  signIn: 'تسجيل الدخول',
  signInTitle: 'انضم إلى المحادثة',
  accountTitle: 'مرحبًا بعودتك',
  registerTitle: 'أنشئ حسابك',
  guestIntro: 'اختر اسمًا يراه الآخرون.',
  accountIntro: 'سجّل الدخول بحسابك.',
  registerIntro: 'لا يستغرق ذلك سوى أقل من دقيقة.',
  displayName: 'اسمك',
  username: 'اسم المستخدم',
  password: 'كلمة المرور',
  passwordHint: 'ثمانية أحرف على الأقل',
  showPassword: 'إظهار كلمة المرور',
  continueAsGuest: 'المتابعة كضيف',
  createAccount: 'إنشاء حساب',
  haveAccount: 'لدي حساب',
  newHere: 'هل أنت جديد هنا؟ أنشئ حسابًا',
  beGuest: 'المتابعة كضيف بدلًا من ذلك',
  working: 'لحظة واحدة…',
  nameMissing: 'أدخل اسمًا، ليعرف الآخرون من يتحدث.',
  nameInvalid: 'استخدم من حرف واحد إلى ثمانين حرفًا في سطر واحد.',
  usernameMissing: 'أدخل اسم المستخدم.',
  usernameInvalid: 'استخدم حروفًا وأرقامًا ورموزًا، دون مسافات ودون ”/“ أو ”:“ أو ”#“.',
  usernameTaken: 'اسم المستخدم هذا مأخوذ. اختر اسمًا آخر.',
  passwordMissing: 'أدخل كلمة المرور.',
  passwordShort: 'استخدم ثمانية أحرف على الأقل.',
  wrongPassword: 'اسم المستخدم وكلمة المرور غير متطابقين. تحقّق منهما وحاول مرة أخرى.',
  registrationClosed:
    'إنشاء الحسابات غير متاح هنا. تابع بما لديك، أو اسأل القائمين على هذه الصفحة.',
  guestsClosed: 'لا يُسمح للضيوف بالدخول هنا حاليًا. سجّل الدخول بحساب.',

  // Options
  options: 'الإعلانات الصوتية والمفاتيح',
  announceLegend: 'الرسائل الجديدة، مع قارئ الشاشة',
  announceFull: 'قراءتها',
  announceSummary: 'ذكر عددها فقط',
  announceOff: 'عدم ذكر شيء',

  // Keyboard
  keysTitle: 'لوحة المفاتيح',
  keysClose: 'إغلاق',
  keysUpDown: 'الرسالة السابقة أو التالية',
  keysHomeEnd: 'أول رسالة أو أحدث رسالة',
  keysEnter: 'روابط الرسالة وأزرارها',
  keysEscape: 'العودة إلى الرسالة، ثم إلى حقل الكتابة',
  keysLeave: 'مغادرة الرسائل إلى ما قبلها أو ما بعدها',
  keysHelp: 'هذا الجدول',
  keysSend: 'إرسال',
  keysNewLine: 'سطر جديد',
  keysToMessages: 'من حقل الكتابة إلى الرسائل',

  ...together,
}

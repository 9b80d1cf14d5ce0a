// @ts-check
/** Every word the page shows, in Spanish. The keys are those of lib/texts.js, in its order. */
import { counting, number } from "../lib/locale.js"

const counted = counting("es")

/** @type {import("../lib/texts.js").Texts} */
export const texts = {
  // Sign-in.
  motto: "Chatea desde tu propio equipo",
  signInOrCreate: "Iniciar sesión o crear una cuenta",
  signIn: "Iniciar sesión",
  createAccount: "Crear cuenta",
  username: "Nombre de usuario",
  password: "Contraseña",
  usernameRule: "De 1 a 32 letras, cifras, puntos, guiones o guiones bajos.",
  passwordRule: "Al menos 8 caracteres.",
  showPassword: "Mostrar la contraseña",
  hidePassword: "Ocultar la contraseña",
  capsLock: "Bloq Mayús está activado.",
  keepSignedIn: "Mantener la sesión iniciada",
  signingIn: "Iniciando sesión…",
  creating: "Creando tu cuenta…",
  signedOutByServer: "Se ha cerrado tu sesión. Vuelve a iniciarla.",

  // Side column.
  chats: "Chats",
  chatsAndPeople: "Chats y personas",
  people: "Personas",
  yourMenu: "Tu menú",
  signedInAs: "Sesión iniciada como",
  signOut: "Cerrar sesión",
  notesToSelf: "Notas para mí",
  notesInitial: "N",
  notesHint: "Apunta algo para ti",
  filterLabel: "Filtrar chats y personas",
  filterHint: "Busca un chat o una persona",
  clearFilter: "Borrar el filtro",
  nobodyElse: "Todavía no hay nadie más. Comparte esta dirección con las personas con las que quieras hablar.",
  nothingMatches: (/** @type {string} */ words) => `No hay resultados para «${words}».`,
  draft: "Borrador: ",
  unread: (/** @type {number} */ n) => counted(n, { one: "# mensaje no leído", other: "# mensajes no leídos" }),
  badge: (/** @type {number} */ n) => (n > 999 ? `${number(999)}+` : number(n)),

  // Chat.
  backToList: "Volver a los chats",
  online: "en línea",
  offline: "sin conexión",
  typing: "escribiendo…",
  lastSeen: (/** @type {string} */ when) => `últ. vez ${when}`,
  atTime: (/** @type {string} */ day, /** @type {string} */ time) => `${day}, ${time}`,
  messages: "Mensajes",
  message: "Mensaje",
  pickFirst: "Elige a quién escribir",
  send: "Enviar",
  jumpToLatest: "Ir al último mensaje",
  jumpCounted: (/** @type {number} */ n) => `Ir al último mensaje, ${counted(n, { one: "# mensaje no leído", other: "# mensajes no leídos" })}`,
  loadingOlder: "Cargando mensajes anteriores…",
  olderFailed: "No se pudieron cargar los mensajes. Reintentar",
  pickTitle: "Elige con quién hablar",
  pickWords: "En la lista están tus chats y las demás personas. Lo que envías queda guardado antes de mostrar su marca.",
  emptyTitle: "Aún no hay mensajes. Di hola",
  emptyWords: (/** @type {string} */ name) => `Lo que se escriba aquí queda entre ${name} y tú.`,
  emptyNotesTitle: "Un lugar para tus notas",
  emptyNotesWords: "Listas, enlaces, cosas que recordar. Solo las ves tú.",
  deletedMessage: "Se eliminó este mensaje.",
  edited: "editado",
  tooLong: "Este mensaje es demasiado largo. Acórtalo o envíalo por partes.",

  // Ticks.
  tickPending: "En espera",
  tickFailed: "No enviado",
  tickSent: "Enviado",
  tickDelivered: "Entregado",
  tickRead: "Leído",

  // Days.
  today: "Hoy",
  yesterday: "Ayer",
  todaySmall: "hoy",
  yesterdaySmall: "ayer",

  // Connection.
  connecting: "Conectando…",
  noConnection: "Sin conexión. Lo que escribas se enviará cuando vuelva.",
  deviceOffline: "Este dispositivo no tiene conexión. Lo que escribas se enviará cuando vuelva a tenerla.",
  tryNow: "Reintentar ahora",

  // Failures and their ways out.
  tryAgain: "Reintentar",
  deleteIt: "Eliminar",
  close: "Cerrar",
  leftLocally: "Has cerrado sesión aquí, pero no se pudo avisar al servidor. Olvidará esta sesión cuando caduque.",
  listsFailed: "No se pudieron cargar tus chats. Reintentando.",
  unknownFailure: "Algo ha fallado en el servidor. Inténtalo de nuevo en un momento.",
  unreachable: "No se puede acceder al servidor. Comprueba tu conexión e inténtalo de nuevo.",
  tooFast: (/** @type {number} */ seconds) => `Demasiados intentos. Espera ${counted(seconds, { one: "# segundo", other: "# segundos" })} e inténtalo de nuevo.`,

  // Settings.
  settings: "Ajustes",
  closeSettings: "Cerrar los ajustes",
  appearance: "Apariencia",
  themeSystem: "Como en este dispositivo",
  themeLight: "Claro",
  themeDark: "Oscuro",
  language: "Idioma",
  languageSystem: (/** @type {string} */ name) => `Como en el navegador (${name})`,
  writing: "Escritura",
  enterSends: "Enviar con Intro",
  enterSendsHint: "Mayús+Intro empieza una línea nueva.",
  enterBreaksHint: "Intro empieza una línea nueva. Ctrl+Intro o ⌘+Intro envía.",
  notifications: "Notificaciones",
  sounds: "Sonidos",
  soundsHint: "Dos notas suaves cuando llega un mensaje.",
  desktop: "Notificaciones de escritorio",
  desktopHint: "Ver los mensajes nuevos mientras miras otra cosa.",
  desktopBlocked: "Tu navegador bloquea las notificaciones de esta página. Permítelas en los ajustes del sitio, junto a la dirección, y después actívalas aquí.",
  desktopInsecure: "Los navegadores solo permiten notificaciones en direcciones seguras (https).",
  desktopMissing: "Este navegador no puede mostrar notificaciones.",
  onlyHere: "Estos ajustes solo valen para este navegador.",

  // Notifications.
  offerNotifications: "¿Avisarte de mensajes nuevos?",
  turnOn: "Activar",
}

/** What went wrong, by the stable code of the server. */
export const failures = new Map([
  ["username_taken", "Este nombre de usuario ya existe. Elige otro o inicia sesión si es tuyo."],
  ["invalid_username", "Usa de 1 a 32 letras, cifras, puntos, guiones o guiones bajos."],
  ["invalid_password", "Usa al menos 8 caracteres."],
  ["username_missing", "Escribe tu nombre de usuario."],
  ["password_missing", "Escribe tu contraseña."],
  ["password_long", "Esta contraseña es demasiado larga."],
  ["invalid_credentials", "El nombre de usuario o la contraseña no son correctos."],
  ["empty_content", "No se puede enviar un mensaje vacío."],
  ["content_too_long", "Este mensaje es demasiado largo."],
  ["cid_conflict", "Ya se envió otro mensaje con este número."],
  ["no_such_user", "Esta persona ya no existe."],
  ["no_such_chat", "Este chat ya no existe."],
  ["no_such_message", "El mensaje al que respondes ya no existe."],
  ["internal", "El servidor no pudo guardar este mensaje."],
  ["invalid", "El servidor no entendió este mensaje."],
])

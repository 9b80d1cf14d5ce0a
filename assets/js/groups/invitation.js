// @ts-check
/** What an invite link shows of its group to anybody who has it, and joining by it. */
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { readToken } from "../lib/token.js"
import { ApiError, request } from "../net/api.js"
import { showAvatar } from "../people/avatar.js"
import { MEMBERS_MAX } from "./limits.js"

/** @typedef {{ chat_id: number, title: string, picture: string | null, members: number }} Invitation */

/** @param {string} token */
const pathOf = (token) => `/api/invites/${encodeURIComponent(token)}`

/** @param {string} token @returns {Promise<Invitation>} */
export const findInvitation = (token) => request("GET", pathOf(token), {})

/** @param {string} token @returns {Promise<{ chat_id: number }>} */
export const joinGroup = (token) => request("POST", `${pathOf(token)}/members`, { token: readToken() ?? "" })

/** Whether a link leads nowhere, as the answer to a request says. @param {unknown} error */
export const isDead = (error) => error instanceof ApiError && error.code === "no_such_invite"

/** @param {Invitation} group */
export const isFull = ({ members }) => members >= MEMBERS_MAX

/**
 * The picture, over the tile while it loads. It is loaded without signing in, so not by people/pictures.js.
 * @param {string} token @param {Invitation} group @param {"small" | "large"} size
 */
export function invitedPicture(token, { chat_id, title, picture }, size) {
  const avatar = make("span", {
    class: "avatar join__picture", "aria-hidden": "true", "data-test": "join-picture",
    "data-px": size === "large" ? "88" : "48",
  })
  showAvatar(avatar, chat_id, title, { group: true })
  if (!picture) return avatar
  const image = make("img", { alt: "" })
  // Until it is there, the tile is not covered.
  image.addEventListener("load", () => avatar.append(image), { once: true })
  image.src = `${pathOf(token)}/picture?size=${size}&of=${picture}`
  return avatar
}

/** Title and number of members. @param {Invitation} group @param {string} heading the tag of the title */
export function invitedWords({ title, members }, heading) {
  return [
    make("p", { class: "join__eyebrow" }, [texts.invitedTo]),
    make(heading, { class: "join__title", id: "join-title" }, [make("bdi", { "data-test": "join-title" }, [title])]),
    make("p", { class: "join__size", "data-test": "join-size" }, [texts.members(members)]),
  ]
}

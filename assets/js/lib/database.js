// @ts-check
/**
 * IndexedDB with promises: open, ask, wait for the end. It does not know what is stored.
 * Every failure rejects. A browser that lacks or forbids IndexedDB rejects at opening.
 */

/**
 * @param {string} name
 * @param {number} version
 * @param {(db: IDBDatabase, transaction: IDBTransaction, from: number) => void} upgrade brings the stores from an older
 *   version to this one; a new database comes from version 0
 * @returns {Promise<IDBDatabase>}
 */
export function openDatabase(name, version, upgrade) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version)
    request.onupgradeneeded = ({ oldVersion }) =>
      upgrade(request.result, /** @type {IDBTransaction} */ (request.transaction), oldVersion)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    // Another tab holds an older version open. A page that stores nothing is better than one that waits.
    request.onblocked = () => reject(new DOMException("", "VersionError"))
  })
}

/** @param {string} name @returns {Promise<void>} */
export function deleteDatabase(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
  })
}

/** The names of all databases of this origin; empty in browsers that do not tell. @returns {Promise<string[]>} */
export async function databaseNames() {
  const found = (await indexedDB.databases?.()) ?? []
  return found.flatMap(({ name }) => (name ? [name] : []))
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
export function answerOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
export function endOf(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new DOMException("", "AbortError"))
  })
}

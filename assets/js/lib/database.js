// @ts-check
/**
 * IndexedDB with promises: open, ask, wait for the end. It knows nothing of what is kept.
 * Every failure rejects; a browser that has no IndexedDB, or forbids it, does so at opening.
 */

/**
 * @param {string} name
 * @param {number} version
 * @param {(db: IDBDatabase) => void} create makes the stores of a new database
 * @returns {Promise<IDBDatabase>}
 */
export function openDatabase(name, version, create) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version)
    request.onupgradeneeded = () => create(request.result)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    // Another tab holds an older version open: rather nothing kept than a page that waits.
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

/** The names of all databases of this origin; none where the browser does not tell. @returns {Promise<string[]>} */
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

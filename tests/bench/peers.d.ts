// The little of each peer that is used here, so that types are checked the same whether or not the peers are installed.

declare module '@automerge/automerge/slim' {
  export function initializeWasm(url: string): Promise<void>;
}

declare module '@automerge/automerge-repo/slim' {
  export interface DocHandle<T> {
    documentId: string;
    url: string;
    change(body: (doc: T) => void, options?: { message?: string }): void;
  }
  export class Repo {
    constructor(options: { storage: object });
    create<T>(initial?: T): DocHandle<T>;
    flush(documents?: string[]): Promise<void>;
  }
}

declare module '@automerge/automerge-repo-storage-indexeddb' {
  export class IndexedDBStorageAdapter {
    constructor(database: string);
  }
}

declare module 'rxdb' {
  interface Collection {
    insert(document: object): Promise<unknown>;
  }
  interface Database {
    addCollections<K extends string>(collections: Record<K, { schema: object }>): Promise<Record<K, Collection>>;
  }
  export function createRxDatabase(options: {
    name: string;
    storage: object;
    multiInstance: boolean;
  }): Promise<Database>;
}

declare module 'rxdb/plugins/storage-dexie' {
  export function getRxStorageDexie(): object;
}

declare module '@sqlite.org/sqlite-wasm' {
  interface Statement {
    bind(values: readonly unknown[]): this;
    stepReset(): this;
  }
  interface Db {
    exec(sql: string): void;
    prepare(sql: string): Statement;
  }
  interface Pool {
    OpfsSAHPoolDb: new (path: string) => Db;
  }
  interface Sqlite3 {
    installOpfsSAHPoolVfs(options: { name: string; clearOnInit: boolean }): Promise<Pool>;
  }
  export default function init(): Promise<Sqlite3>;
}

declare module 'minisearch' {
  export default class MiniSearch<T> {
    constructor(options: { idField: string; fields: string[] });
    static loadJSON<T>(json: string, options: object): MiniSearch<T>;
    addAll(documents: readonly T[]): void;
    search(query: string, options: { prefix: boolean; combineWith: 'AND' }): { id: number }[];
  }
}

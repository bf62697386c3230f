export declare const pinnedPnpm: readonly [command: string, ...args: string[]]

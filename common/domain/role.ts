/** The parts of the service. A process plays one, several or all; `services/roles.ts` says what each starts. */
export const roleNames = ['watcher', 'fetcher', 'writer', 'webhook'] as const;

export type RoleName = (typeof roleNames)[number];

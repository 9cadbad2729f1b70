/**
 * The version that every key and message of a farm carries.
 * Version N reads what version N − 1 wrote; anything else is refused, never guessed.
 */
export const SCHEMA_VERSION = 1;

/** Versions that this program can read. */
export const READABLE_VERSIONS: readonly number[] = [SCHEMA_VERSION - 1, SCHEMA_VERSION];

/** A farm's keys or a message were written by a version that this program does not know. */
export class UnknownSchemaVersion extends Error {
  override readonly name = 'UnknownSchemaVersion';
  constructor(where: string, found: unknown) {
    super(
      `${where} has schema version ${String(found)}; this program reads ${READABLE_VERSIONS.join(' and ')}. ` +
        'Upgrade the older program, one version at a time.',
    );
  }
}

import { isJsonObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** Applies a JSON Merge Patch (RFC 7386): objects merge, `null` removes, everything else (lists too) replaces. */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const merged: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field];
    else if (value !== undefined) merged[field] = applyMergePatch(merged[field], value);
  }
  return merged;
}

/** The keys that some object of a valid JSON text holds twice, which `JSON.parse` would hide by keeping the last. */
export function duplicateJsonKeys(json: string): string[] {
  const duplicates: string[] = [];
  const open: (Set<string> | null)[] = []; // the keys seen in each open object; null for a list
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = stringEnd(json, i);
      const keys = open.at(-1);
      if (keys && isFollowedByColon(json, end)) {
        const key = String(JSON.parse(json.slice(i, end)));
        if (keys.has(key)) duplicates.push(key);
        keys.add(key);
      }
      i = end - 1;
    }
  }
  return duplicates;
}

/** The index behind the closing quote of the string that opens at `start`. */
function stringEnd(json: string, start: number): number {
  let i = start + 1;
  while (i < json.length && json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i + 1;
}

function isFollowedByColon(json: string, index: number): boolean {
  let i = index;
  while (json[i] === ' ' || json[i] === '\t' || json[i] === '\n' || json[i] === '\r') i++;
  return json[i] === ':';
}

/** What stands where a secret was. */
export const MASK = '***';

/** Shapes that are secrets wherever they stand: private keys, JWTs, bearer headers, well-known token prefixes. */
const SECRET_SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /\b(?:gh[pousr]_|glpat-|xox[abprs]-|sk-ant-|sk-|AKIA|hvs\.)[\w-]{16,}/g,
  /(?<=\b(?:bearer|basic|token)\s+)[\w+/.~=-]{16,}/gi,
  /(?<=:\/\/[^\s/:@]{1,64}:)[^\s/@]+(?=@)/g,
  /(?<=\b[\w-]{0,40}(?:password|passwd|secret|token|api[_-]?key)["']?\s{0,2}[=:]\s{0,2}["']?)[^\s"',;&]{4,}/gi,
];

/** Masks what has the shape of a secret in free text (logs, events, error messages). */
export function maskText(text: string): string {
  return SECRET_SHAPES.reduce((masked, shape) => masked.replace(shape, MASK), text);
}

const SECRET_KEY =
  /password|passwd|secret(?!name|ref|keyref)|token(?!ttl|review)|api[_-]?key|private[_-]?key|credential/i;

/** Whether a field of this name holds a secret by convention. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';

const TIMEOUT_MS = 3000;

/** Whether a GET is answered with 200; a server that is not there yet is a no, not an error. */
export async function answersOk(url: string, caFile?: string): Promise<boolean> {
  const ca = caFile === undefined ? undefined : await readFile(caFile);
  return new Promise((resolve) => {
    const options = { agent: false, timeout: TIMEOUT_MS, ...(ca && { ca }) };
    const request = (ca ? https : http).get(url, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

import { expect, it } from 'vitest';
import { prometheusRig } from '../../support/prometheus-rig.ts';
import { always, standIn } from './stand-in.ts';

const wrong = (status: number, errorType: string, error: string) =>
  always({ status: 'error', errorType, error }, status);

it('asks what takes too long once only, and says how to ask for less', async () => {
  let asked = 0;
  const prometheus = await standIn((request, response) => {
    asked += 1;
    wrong(503, 'timeout', 'query timed out in expression evaluation')(request, response);
  });
  const { text, isError } = await prometheusRig({ prometheus }).call('query', { query: 'up' });
  expect({ text, isError, asked }).toMatchObject({ isError: true, asked: 1 });
  expect(text).toBe(
    'Prometheus gave the query up: query timed out in expression evaluation. Ask for less: a shorter time, a longer step, fewer series by labels, or an aggregate.',
  );
});

it('says the same of too many samples', async () => {
  const prometheus = await standIn(
    wrong(422, 'execution', 'query processing would load too many samples into memory in query execution'),
  );
  const { text } = await prometheusRig({ prometheus }).call('query_range', { query: 'up', since: '7d' });
  expect(text).toMatch(/^Prometheus gave the query up: .*too many samples.*\. Ask for less/);
});

it('asks for fewer series, the more points each has', async () => {
  const limits: string[] = [];
  const prometheus = await standIn((request, response) => {
    limits.push(URL.parse(request.url ?? '', 'http://prometheus')?.searchParams.get('limit') ?? '');
    wrong(422, 'execution', 'no')(request, response);
  });
  const rig = prometheusRig({ prometheus });
  await rig.call('query_range', { query: 'up', since: '1h' });
  await rig.call('query_range', { query: 'up', since: '7d', step: '1m' });
  expect(limits).toEqual(['1000', '25']);
});

it('reads no answer of 50 MB to its end', async () => {
  const prometheus = await standIn((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.on('error', () => undefined);
    response.end(`{"status":"success","data":"${'x'.repeat(50_000_000)}"}`);
  });
  const { text, isError } = await prometheusRig({ prometheus }).call('query', { query: 'up' });
  expect({ text, isError }).toMatchObject({
    isError: true,
    text: expect.stringMatching(/^query: the answer .* is too large/),
  });
});

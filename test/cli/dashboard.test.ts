import { join } from 'node:path';
import { expect, it } from 'vitest';
import { answersForPerson } from '../../claude-config/hooks/programs.ts';
import { portHere } from '../../cli/port.ts';
import { runCli } from '../../cli/program.ts';
import { Tokens } from '../../dashboard/auth/tokens.ts';
import { Users } from '../../dashboard/auth/users.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { aMachine, type TestMachine } from './machine.ts';

/** The store as the dashboard of this machine would open it. */
function storeOf({ context }: TestMachine) {
  return openSqlite(context.paths.database, context.clock);
}

it('makes, lists and revokes tokens, and keeps none of them', async () => {
  const machine = aMachine();
  expect(await runCli(['token', 'create', 'the pi', '--role', 'daemon'], machine.machine)).toBe(0);
  const token = /^k8sagent_[\w-]{43}/m.exec(machine.output())?.[0] ?? '';
  const store = storeOf(machine);
  const tokens = new Tokens(store.documents, machine.context.clock);
  const found = await tokens.find(token);
  expect(found).toMatchObject({ name: 'the pi', role: 'daemon' });
  expect(JSON.stringify(await store.documents.list('token', 0))).not.toContain(token);
  await runCli(['token', 'list'], machine.machine);
  expect(machine.output()).toMatch(/tk-\w+ {2}daemon {2}2026-11-24T12:00:00.000Z {2}the pi/);
  expect(await runCli(['token', 'revoke', found?.id ?? ''], machine.machine)).toBe(0);
  expect(await tokens.find(token)).toBeUndefined();
  await store.close();
});

it.each([
  [['token', 'create', 'x', '--role', 'approver'], 'Roles: agent, daemon.'],
  [['token', 'revoke', 'tk-none'], 'No token has the id tk-none.'],
])('says what is wrong with %j', async (args, text) => {
  const machine = aMachine();
  expect(await runCli(args, machine.machine)).toBe(1);
  expect(machine.output()).toContain(text);
});

it('makes a login for a person at a real terminal alone', async () => {
  const machine = aMachine();
  expect(await runCli(['dashboard', 'link'], machine.machine)).toBe(1);
  expect(machine.output()).toContain('needs a person at a real terminal');
});

it('asks for the passphrase before it makes a login', async () => {
  const machine = aMachine({ interactive: true, answers: ['a passphrase', 'a passphrase', 'wrong', 'wrong', 'wrong'] });
  expect(await runCli(['passphrase'], machine.machine)).toBe(0);
  expect(await runCli(['dashboard', 'link'], machine.machine)).toBe(1);
  expect(machine.output()).not.toContain('/setup/');
});

it('prints a link that makes a login', async () => {
  const machine = aMachine({ interactive: true });
  expect(await runCli(['dashboard', 'link', 'ada'], machine.machine)).toBe(0);
  const secret = /http:\/\/127\.0\.0\.1:8080\/setup\/([\w-]+)/.exec(machine.output())?.[1] ?? '';
  const store = storeOf(machine);
  const users = new Users(store.documents, machine.context.clock);
  expect(await users.choose(secret, { name: 'eve', password: 'correct horse battery' })).toBe('ada');
  await store.close();
});

it.each([
  ['k8s-agent', 'dashboard', 'link'],
  ['k8s-agent', 'token', 'create', 'x'],
  ['node', join('dist', 'dashboard', 'dashboard.js'), 'link'],
  ['node', 'dashboard/main.ts'],
])('is nothing that an agent may run: %s %s %s', (...words) => {
  expect(answersForPerson(words)).toBe(true);
});

it('makes a link that leads to the dashboard that runs', async () => {
  const { machine, file, output } = aMachine({ interactive: true });
  const noted = { pid: process.pid, url: 'http://127.0.0.1:9000' };
  file('.claude/k8s-agent/dashboard.json', JSON.stringify(noted));
  await runCli(['dashboard', 'link'], machine);
  expect(output()).toContain('http://127.0.0.1:9000/setup/');
});

it.each([
  ['where links lead', undefined, 'http://127.0.0.1:8090', '8090'],
  ['there, too, where no scheme is set', undefined, 'localhost:8090', '8090'],
  ['where it is told, whatever is set', '9000', 'http://127.0.0.1:8090', '9000'],
  ['on 8080 where nothing is set', undefined, undefined, '8080'],
  ['on 8080 beside one on another machine', undefined, 'https://agent.lan:8443', '8080'],
])('listens %s', (_, given, url, port) => {
  expect(portHere(given, url)).toBe(port);
});

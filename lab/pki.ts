// x509 finds its parts by decorators and needs the metadata API before it loads.
import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { writePrivate } from './files.ts';

const KEYS = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
/** As long as a lab can reasonably live; `reset` makes new ones. */
const LIFETIME_MS = 3650 * 24 * 3600 * 1000;

const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;

interface Authority {
  readonly cert: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

interface Leaf {
  readonly name: string;
  readonly subject: string;
  readonly usages: x509.ExtendedKeyUsage[];
  readonly names?: x509.JsonGeneralNames;
}

/** Every server of the lab shows this one certificate; the last name is how the API server calls metrics-server. */
const SERVER_NAMES: x509.JsonGeneralNames = [
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '10.96.0.1' },
  ...['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'metrics-server.kube-system.svc'].map(
    (value) => ({ type: 'dns', value }) as const,
  ),
];

const LEAVES: readonly Leaf[] = [
  { name: 'server', subject: 'CN=kube-apiserver', usages: [serverAuth, clientAuth], names: SERVER_NAMES },
  { name: 'admin', subject: 'O=system:masters, CN=lab-admin', usages: [clientAuth] },
  { name: 'kube-controller-manager', subject: 'CN=system:kube-controller-manager', usages: [clientAuth] },
  { name: 'kube-scheduler', subject: 'CN=system:kube-scheduler', usages: [clientAuth] },
  { name: 'kubelet-client', subject: 'O=system:masters, CN=kube-apiserver-kubelet-client', usages: [clientAuth] },
];

/** Makes the lab's two authorities, its certificates and its service account key in `dir`. */
export async function makePki(dir: string): Promise<void> {
  const ca = await makeAuthority(dir, 'ca', 'CN=lab-ca');
  const frontProxy = await makeAuthority(dir, 'front-proxy-ca', 'CN=lab-front-proxy-ca');
  for (const leaf of LEAVES) await issue(dir, ca, leaf);
  await issue(dir, frontProxy, { name: 'front-proxy', subject: 'CN=front-proxy-client', usages: [clientAuth] });
  await makeServiceAccountKey(dir);
}

async function makeAuthority(dir: string, name: string, subject: string): Promise<Authority> {
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: subject,
    keys,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await save(dir, name, cert, keys);
  return { cert, keys };
}

async function issue(dir: string, authority: Authority, leaf: Leaf): Promise<void> {
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.create({
    ...validity(),
    subject: leaf.subject,
    issuer: authority.cert.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(leaf.usages),
      await x509.AuthorityKeyIdentifierExtension.create(authority.cert),
      ...(leaf.names ? [new x509.SubjectAlternativeNameExtension(leaf.names)] : []),
    ],
  });
  await save(dir, leaf.name, cert, keys);
}

async function makeServiceAccountKey(dir: string): Promise<void> {
  const keys = await newKeys();
  const publicKey = await crypto.subtle.exportKey('spki', keys.publicKey);
  await writePrivate(join(dir, 'service-account.pub'), x509.PemConverter.encode(publicKey, 'PUBLIC KEY'));
  await saveKey(dir, 'service-account', keys);
}

async function save(
  dir: string,
  name: string,
  cert: x509.X509Certificate,
  keys: webcrypto.CryptoKeyPair,
): Promise<void> {
  await writePrivate(join(dir, `${name}.crt`), `${cert.toString('pem')}\n`);
  await saveKey(dir, name, keys);
}

async function saveKey(dir: string, name: string, keys: webcrypto.CryptoKeyPair): Promise<void> {
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  await writePrivate(join(dir, `${name}.key`), `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
}

function validity(): { notBefore: Date; notAfter: Date } {
  // A minute back: two clocks on one machine never differ by more, and a skewed VM clock may.
  const now = Date.now();
  return { notBefore: new Date(now - 60_000), notAfter: new Date(now + LIFETIME_MS) };
}

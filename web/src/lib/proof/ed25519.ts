// SPDX-License-Identifier: EUPL-1.2
// Ed25519 (RFC 8032), verification only, as strict as doc/spec/record.md section 4: S reduced, the public key canonical, neither it nor R
// of small order, no cofactor. Nothing here is secret, so time may tell what it likes. Where the browser has Ed25519 of its own it must agree;
// not all have it, and what they have is not equally strict.
import { join, type Bytes } from "./bytes";

type Point = readonly [bigint, bigint, bigint, bigint]; // extended coordinates X, Y, Z, T

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (a: bigint): bigint => ((a % P) + P) % P;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) result = mod(result * b);
  return result;
}
const D = mod(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
const IDENTITY: Point = [0n, 1n, 1n, 0n];

function add(p: Point, q: Point): Point {
  const a = mod((p[1] - p[0]) * (q[1] - q[0]));
  const b = mod((p[1] + p[0]) * (q[1] + q[0]));
  const c = mod(2n * p[3] * q[3] * D);
  const d = mod(2n * p[2] * q[2]);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}
function multiply(scalar: bigint, point: Point): Point {
  let sum = IDENTITY;
  for (let p = point, s = scalar; s > 0n; s >>= 1n, p = add(p, p)) if (s & 1n) sum = add(sum, p);
  return sum;
}
const same = (p: Point, q: Point): boolean => mod(p[0] * q[2] - q[0] * p[2]) === 0n && mod(p[1] * q[2] - q[1] * p[2]) === 0n;
const isSmall = (p: Point): boolean => same(multiply(8n, p), IDENTITY);

const little = (bytes: Uint8Array): bigint => bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);

function decode(bytes: Uint8Array): Point | null {
  const whole = little(bytes);
  const sign = whole >> 255n;
  const y = whole & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const x2 = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(x2, (P + 3n) / 8n);
  if (mod(x * x - x2) !== 0n) x = mod(x * ROOT_OF_MINUS_ONE);
  if (mod(x * x - x2) !== 0n || (x === 0n && sign === 1n)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}
const BASE_Y = mod(4n * power(5n, P - 2n));
const BASE = decode(Uint8Array.from({ length: 32 }, (_, i) => Number((BASE_Y >> BigInt(8 * i)) & 255n))) ?? IDENTITY;

async function browserAgrees(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  let held: CryptoKey;
  try {
    held = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  } catch {
    return true; // it has none
  }
  return crypto.subtle.verify("Ed25519", held, signature, message);
}

export async function verify(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  if (key.length !== 32 || signature.length !== 64) return false;
  const a = decode(key);
  const r = decode(signature.subarray(0, 32));
  const s = little(signature.subarray(32));
  if (a === null || r === null || s >= ORDER || isSmall(a) || isSmall(r)) return false;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-512", join(signature.subarray(0, 32), key, message)));
  if (!same(multiply(s, BASE), add(r, multiply(little(hash) % ORDER, a)))) return false;
  return browserAgrees(key, message, signature);
}

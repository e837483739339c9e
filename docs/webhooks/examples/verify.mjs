// Verifies a webhook with Node's standard library alone. Copy it into your receiver.
//
//     verify(body, headers, [secret])         // or: verify(body, headers, [newSecret, oldSecret])
//
// `body` has to be the bytes as they came (a Buffer), before anything parsed them: with Express, use express.raw().

import { createHmac, timingSafeEqual } from "node:crypto";

const TOLERANCE_SECONDS = 5 * 60;

/** Not ours, changed on the way, or too old: answer 401 and do nothing else. */
export class NotVerifiedError extends Error {}

/** Returns if one of the signatures is of one of your secrets (`whsec_…`), else throws NotVerifiedError. */
export function verify(body, headers, secrets, now = Date.now() / 1000) {
  const found = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map((name) => found[`webhook-${name}`] ?? "");
  if (!id || !signatures) throw new NotVerifiedError("webhook-id or webhook-signature is missing");
  if (!/^[0-9]{1,15}$/.test(timestamp)) throw new NotVerifiedError("webhook-timestamp is not a time");
  if (Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS) {
    throw new NotVerifiedError("webhook-timestamp is too far from now");
  }
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, "utf8"), body]);
  const expected = secrets.map((secret) => signatureOf(secret, signed));
  const matches = (signature) => expected.filter((one) => isSame(Buffer.from(signature), one)).length > 0;
  if (!signatures.split(" ").some(matches)) throw new NotVerifiedError("no signature matches");
}

function signatureOf(secret, signed) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return Buffer.from(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
}

/** Compared in a time that does not tell how much of it was right. */
function isSame(one, other) {
  return one.length === other.length && timingSafeEqual(one, other);
}

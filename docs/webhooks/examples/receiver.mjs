// A whole receiver with Node's standard library: verify, keep, answer, and only then work on it.
//
//     WEBHOOK_SECRET=whsec_… node receiver.mjs 8000
//
// It keeps what came in memory; keep it in a database, in one transaction with the mark that you have seen it.

import { createServer } from "node:http";

import { NotVerifiedError, verify } from "./verify.mjs";

const MAX_BYTES = 1_000_000;
const secret = process.env.WEBHOOK_SECRET;
const seen = new Set();

if (!secret) throw new Error("set WEBHOOK_SECRET");

const server = createServer(async (request, response) => {
  const status = await answer(request).catch(() => 400);
  response.writeHead(status).end();
});

/** 127.0.0.1: put something that speaks https in front of it. */
server.listen(Number(process.argv[2]), "127.0.0.1");

async function answer(request) {
  if (request.method !== "POST") return 405;
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BYTES) return 413;
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  try {
    verify(body, request.headers, [secret]);
  } catch (error) {
    if (error instanceof NotVerifiedError) return 401;
    throw error;
  }
  const id = request.headers["webhook-id"];
  if (!seen.has(id)) {
    seen.add(id);
    work(JSON.parse(body));
  }
  return 204;
}

function work({ type, data }) {
  console.log([type, data.conversation_id, data.sequence, ...chosen(data)].filter((one) => one !== undefined).join(" "));
}

/** What the customer picked, where it was an answer to choices. */
function chosen(data) {
  return (data.result?.selection ?? []).map((each) => each.identifier);
}

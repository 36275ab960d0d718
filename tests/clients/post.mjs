// The npm client `discord.js`, unchanged: `post.mjs http://127.0.0.1:PORT CHANNEL`.

import { AttachmentBuilder, EmbedBuilder, WebhookClient } from "discord.js";

// discord.js paces itself by the headers, so that only the channel's hidden 30 can surprise it.
const POSTS = 31;

const [base, channel] = process.argv.slice(2);

async function held(path) {
  const reply = await fetch(`${base}/_preview/${path}`);
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return reply.json();
}

const messages = () => held(`channels/${channel}/messages`);

function expect(found, wanted, what) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`);
}

async function client() {
  const known = (await held("channels")).find(({ name }) => name === channel);
  if (!known) throw new Error(`there is no channel ${channel}`);
  const [id, token] = known.webhooks[0].url.split("/").slice(-2);
  return new WebhookClient({ id, token }, { rest: { api: `${base}/api` } });
}

async function postEditDelete(webhook) {
  const embed = new EmbedBuilder()
    .setTitle("Invoice failed")
    .setDescription("timeout")
    .setColor(0x03b2f8)
    .addFields({ name: "invoice", value: "INV001" })
    .setFooter({ text: "billing 1.2" })
    .setTimestamp();
  const sent = await webhook.send({
    content: "first <@5>",
    username: "billing",
    embeds: [embed],
    allowedMentions: { parse: [] },
  });
  let [arrived] = await messages();
  expect(sent.id, arrived.id, "id");
  expect(arrived.author, "billing", "author");
  expect(arrived.embeds[0].fields[0].value, "INV001", "field of the embed");
  expect(arrived.pings.users, [], "pings");
  const edited = await webhook.editMessage(sent.id, { content: "edited" });
  expect(edited.content, "edited", "answer to the edit");
  [arrived] = await messages();
  expect([arrived.content, arrived.edits], ["edited", 1], "edited message");
  expect((await webhook.fetchMessage(sent.id)).content, "edited", "message read back");
  await webhook.deleteMessage(sent.id);
  expect(await messages(), [], "messages after the deletion");
}

async function upload(webhook) {
  const file = new AttachmentBuilder(Buffer.from("line 1\nline 2\n"), {
    name: "error-log.txt",
    description: "what happened",
  });
  await webhook.send({ content: "with a file", files: [file] });
  const [arrived] = (await messages()).at(-1).attachments;
  expect([arrived.filename, arrived.size], ["error-log.txt", 14], "file");
  expect(arrived.description, "what happened", "description of the file");
  expect(await (await fetch(arrived.url)).text(), "line 1\nline 2\n", "bytes of the file");
}

async function refusals(webhook) {
  const failure = await webhook.send({ content: "x".repeat(2001) }).catch((error) => error);
  expect([failure.status, failure.code], [400, 50035], "too long a text");
  expect(failure.rawError.errors.content._errors[0].code, "BASE_TYPE_MAX_LENGTH", "why");
}

async function postMoreThanAllowed(webhook) {
  const wanted = Array.from({ length: POSTS }, (_, n) => `burst ${n}`);
  await Promise.all(wanted.map((content) => webhook.send({ content })));
  const texts = (await messages()).map(({ content }) => content);
  expect(texts.filter((text) => text.startsWith("burst")), wanted, "burst");
  const mine = (await held("requests")).filter((request) => request.channel === channel);
  const limited = mine.filter(({ status }) => status === 429);
  if (!limited.some(({ refused }) => refused.scope === "shared")) {
    throw new Error("the channel's hidden limit was not met");
  }
  const unknown = new Set(mine.flatMap((request) => request.unknown_keys));
  expect([...unknown].sort(), ["enforce_nonce", "tts"], "keys that Discord ignores here");
  expect(mine.filter(({ status }) => ![200, 204, 400, 429].includes(status)), [], "other refusals");
}

try {
  const webhook = await client();
  await postEditDelete(webhook);
  await upload(webhook);
  await refusals(webhook);
  await postMoreThanAllowed(webhook);
  console.log(`post.mjs: passed, ${POSTS + 2} posts through both limits`);
  process.exit(0);
} catch (error) {
  console.error(`post.mjs: ${error.message}`);
  process.exit(1);
}

// The bar: budgets, refusals, and switches for faults.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { localDiscord } from "./local_discord.mjs";
import { column, launch, open } from "./browser.mjs";

let browser, discord;
before(async () => {
  browser = await launch();
  discord = await localDiscord("--limits", "real");
});
after(async () => {
  await browser?.close();
  await discord?.stop();
});

test("each webhook's budget and its 429s are shown as they change", async () => {
  const { page, settled } = await open(browser, discord.url);
  const budgets = column(page, "finance").locator(".budgets");
  await budgets.getByText("30/30").waitFor();
  const url = `${discord.webhook("finance")}?wait=true`;
  const statuses = await Promise.all(
    Array.from({ length: 7 }, (_, n) => discord.request(url, "POST", { content: `message ${n}` }).then(({ status }) => status)),
  );
  assert.equal(statuses.filter((status) => status === 429).length, 2);
  await budgets.getByText("429: 2").waitFor();
  await budgets.getByText("25/30").waitFor();
  // The window of two seconds opens again without any request.
  await budgets.getByText("5/5").waitFor();
  await page.locator("#stats").getByText("429: 2").waitFor();
  await column(page, "system").locator(".budgets").getByText("429: 0").waitFor();
  await settled();
});

test("a fault is switched on and off for one channel, by keyboard", async () => {
  const { page, settled } = await open(browser, discord.url);
  await page.locator("#trouble summary").focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("In", { exact: true }).selectOption("errors");
  const down = page.getByRole("switch", { name: "Down" });
  await down.focus();
  await page.keyboard.press("Space");
  await page.locator('[data-kind="unavailable"][aria-checked="true"]').waitFor();
  const status = async (channel) => (await discord.request(`${discord.webhook(channel)}?wait=true`, "POST", { content: "x" })).status;
  assert.equal(await status("errors"), 503);
  assert.equal(await status("activity"), 200);
  await page.locator("#faults").getByText("unavailable in errors, struck 1 times").waitFor();
  await page.getByLabel("In", { exact: true }).selectOption("");
  assert.equal(await down.getAttribute("aria-checked"), "false");
  await page.getByRole("button", { name: "End unavailable" }).click();
  await page.locator("#faults li").waitFor({ state: "detached" });
  assert.equal(await status("errors"), 200);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#trouble").evaluate((details) => details.open), false);
  await settled();
});

test("another page of the web can neither read nor write anything", async () => {
  const { page, settled } = await open(browser, discord.url);
  const elsewhere = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<p>evil</p>"));
  await new Promise((listens) => elsewhere.listen(0, "127.0.0.1", listens));
  const foreign = await browser.newPage();
  const answers = [];
  foreign.on("response", (answer) => answer.url().startsWith(discord.url) && answers.push(answer.status()));
  // Another origin, and the same machine: the browser lets its requests through.
  await foreign.goto(`http://localhost:${elsewhere.address().port}/`);
  const asked = await foreign.evaluate(async ([url, webhook]) => {
    const send = (path, body) => fetch(path, { method: "POST", mode: "no-cors", body }).then(() => "sent", () => "stopped");
    const message = new FormData();
    message.set("payload_json", JSON.stringify({ content: "from elsewhere" }));
    return Promise.all([
      send(`${url}/_preview/faults`, JSON.stringify({ kind: "unavailable" })),
      send(webhook, message),
      fetch(`${url}/_preview/requests`, { mode: "no-cors" }).then(() => "sent", () => "stopped"),
    ]);
  }, [discord.url, discord.webhook("finance")]);
  assert.deepEqual(asked, ["sent", "sent", "sent"]);
  assert.deepEqual(answers, [403, 403, 403]);
  assert.deepEqual(await (await fetch(`${discord.url}/_preview/faults`)).json(), []);
  const messages = await (await fetch(`${discord.url}/_preview/channels/finance/messages`)).text();
  assert.ok(!messages.includes("from elsewhere"));
  await foreign.close();
  elsewhere.close();
  await page.locator("#faults:empty").waitFor({ state: "attached" });
  await settled();
});

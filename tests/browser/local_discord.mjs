// A local Discord of one's own, as a process, and how to post to it.
import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import assert from "node:assert/strict";

const programs = `${process.env.TARGET}/debug`;

/** Starts a program and resolves with it and the first address it prints. */
export async function start(program, ...options) {
  const stderr = openSync(`${basename(program)}.log`, "a");
  const child = spawn(`${programs}/${program}`, options, { stdio: ["ignore", "pipe", stderr], cwd: "/", env: {} });
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise((found, failed) => {
    child.once("exit", (code) => failed(new Error(`${program} ended with ${code} before it said where it is`)));
    lines.on("line", (line) => {
      const address = line.match(/http:\/\/127\.0\.0\.1:\d+/);
      if (address) found(address[0]);
    });
  });
  const stop = (signal = "SIGTERM") =>
    new Promise((ended) => {
      child.once("exit", ended);
      child.kill(signal);
    });
  return { url, stop };
}

/** A local Discord without rate limits, unless the options say otherwise. */
export async function localDiscord(...options) {
  const discord = await start("discord-log-preview", ...(options.length ? options : ["--limits", "none"]));
  const { url } = discord;
  const channels = await (await fetch(`${url}/_preview/channels`)).json();
  const webhook = (channel) => channels.find(({ name }) => name === channel).webhooks[0].url.replace("/api/", "/api/v10/");

  async function request(path, method, body, files = []) {
    const form = new FormData();
    form.set("payload_json", JSON.stringify(body));
    files.forEach(([name, content, type], n) => form.set(`files[${n}]`, new Blob([content], { type }), name));
    const sent = files.length
      ? { method, body: form }
      : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const answer = await fetch(path, sent);
    const text = await answer.text();
    return { status: answer.status, json: text.startsWith("{") ? JSON.parse(text) : null, text };
  }

  /** Posts a message that must be taken, and gives it back. */
  async function post(channel, body, files = [], query = "wait=true&with_components=true") {
    const { status, json, text } = await request(`${webhook(channel)}?${query}`, "POST", body, files);
    assert.equal(status, 200, text);
    return json;
  }

  async function edit(channel, id, body) {
    const { status, text } = await request(`${webhook(channel)}/messages/${id}`, "PATCH", body);
    assert.equal(status, 200, text);
  }

  async function remove(channel, id) {
    const answer = await fetch(`${webhook(channel)}/messages/${id}`, { method: "DELETE" });
    assert.equal(answer.status, 204);
  }

  return { ...discord, channels, webhook, request, post, edit, remove };
}

"""The PyPI client `hikari`, unchanged, which reads every answer strictly: `post_hikari.py http://127.0.0.1:PORT CHANNEL`."""

import asyncio
import json
import sys
import urllib.request

import hikari

# More than one window of 5, so that its pacing by the headers is seen to work.
POSTS = 12

base, channel = sys.argv[1:]


def held(path):
    with urllib.request.urlopen(f"{base}/_preview/{path}", timeout=10) as reply:
        return json.load(reply)


def messages():
    return held(f"channels/{channel}/messages")


def expect(found, wanted, what):
    if found != wanted:
        sys.exit(f"post_hikari.py: {what}: {found!r} instead of {wanted!r}")


async def run(rest, webhook, token):
    known = await rest.fetch_webhook(webhook, token=token)
    expect(known.name, channel, "name of the webhook")
    embed = hikari.Embed(title="Invoice failed", description="timeout", color=0x03B2F8)
    embed.add_field("invoice", "INV001", inline=True).set_footer("billing 1.2")
    sent = await rest.execute_webhook(
        webhook,
        token,
        "first <@5>",
        username="billing",
        embed=embed,
        attachment=hikari.Bytes(b"line 1\n", "error.log"),
        user_mentions=False,
    )
    expect(sent.embeds[0].fields[0].value, "INV001", "field of the answer")
    expect(sent.attachments[0].filename, "error.log", "file of the answer")
    expect(messages()[-1]["pings"], {"everyone": False, "users": [], "roles": []}, "pings")
    await rest.edit_webhook_message(webhook, token, sent, "edited")
    read = await rest.fetch_webhook_message(webhook, token, sent)
    expect((read.content, len(read.attachments)), ("edited", 1), "message read back")
    await rest.delete_webhook_message(webhook, token, sent)
    expect(messages(), [], "messages after the deletion")
    try:
        await rest.execute_webhook(webhook, token, "x" * 2001)
    except hikari.BadRequestError as error:
        expect(error.code, 50035, "code of a text that is too long")
    else:
        sys.exit("post_hikari.py: a text that is too long was taken")
    wanted = [f"burst {n}" for n in range(POSTS)]
    await asyncio.gather(*(rest.execute_webhook(webhook, token, text) for text in wanted))
    expect(sorted(message["content"] for message in messages()), sorted(wanted), "burst")
    mine = [request for request in held("requests") if request["channel"] == channel]
    expect({request["status"] for request in mine} - {200, 204, 400, 429}, set(), "other refusals")


async def main():
    url = next(known for known in held("channels") if known["name"] == channel)["webhooks"][0]["url"]
    webhook, token = url.split("/")[-2:]
    app = hikari.RESTApp(url=f"{base}/api/v10")
    await app.start()
    async with app.acquire(None) as rest:
        await run(rest, int(webhook), token)
    await app.close()


asyncio.run(main())
print(f"post_hikari.py: passed, {POSTS + 1} posts")

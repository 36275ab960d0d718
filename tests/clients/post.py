"""The PyPI client `discord-webhook`, unchanged: `post.py http://127.0.0.1:PORT CHANNEL`."""

import sys

import requests
from discord_webhook import DiscordEmbed, DiscordWebhook

# The bucket of 5 is met at once, the hidden 30 of the channel once.
POSTS = 31

base, channel = sys.argv[1:]


def held(path):
    reply = requests.get(f"{base}/_preview/{path}", timeout=10)
    reply.raise_for_status()
    return reply.json()


def messages():
    return held(f"channels/{channel}/messages")


def expect(found, wanted, what):
    if found != wanted:
        sys.exit(f"post.py: {what}: {found!r} instead of {wanted!r}")


def webhook_url():
    for known in held("channels"):
        if known["name"] == channel:
            # This client takes a URL as it is; without a version its own waiting would be in milliseconds.
            return known["webhooks"][0]["url"].replace("/api/", "/api/v10/")
    sys.exit(f"post.py: there is no channel {channel}")


url = webhook_url()


def webhook(**fields):
    return DiscordWebhook(url=url, rate_limit_retry=True, **fields)


def post_edit_delete():
    embed = DiscordEmbed(title="Invoice failed", description="timeout", color="03b2f8")
    embed.add_embed_field(name="invoice", value="INV001")
    embed.set_footer(text="billing 1.2")
    embed.set_timestamp()
    hook = webhook(content="first", username="billing", allowed_mentions={"parse": []})
    hook.add_embed(embed)
    expect(hook.execute().status_code, 200, "status of the post")
    arrived = messages()[-1]
    expect(arrived["author"], "billing", "author")
    expect(arrived["embeds"][0]["fields"][0]["value"], "INV001", "field of the embed")
    expect(arrived["embeds"][0]["color"], 0x03B2F8, "colour of the embed")
    hook.content = "edited"
    expect(hook.edit().status_code, 200, "status of the edit")
    arrived = messages()[-1]
    expect((arrived["content"], arrived["edits"]), ("edited", 1), "edited message")
    expect(hook.delete().status_code, 204, "status of the deletion")
    expect(messages(), [], "messages after the deletion")


def upload():
    hook = webhook(content="with a file")
    hook.add_file(file=b"line 1\nline 2\n", filename="error log.txt")
    expect(hook.execute().status_code, 200, "status of the upload")
    file = messages()[-1]["attachments"][0]
    expect((file["filename"], file["size"]), ("error_log.txt", 14), "file")
    expect(requests.get(file["url"], timeout=10).content, b"line 1\nline 2\n", "bytes of the file")


def post_more_than_allowed():
    wanted = [f"burst {n}" for n in range(POSTS)]
    for text in wanted:
        expect(webhook(content=text).execute().status_code, 200, f"status of {text}")
    found = [message["content"] for message in messages() if message["content"].startswith("burst")]
    expect(found, wanted, "burst")
    mine = [request for request in held("requests") if request["channel"] == channel]
    scopes = {request["refused"]["scope"] for request in mine if request["status"] == 429}
    expect(scopes, {"user", "shared"}, "scopes of the 429 it met")
    others = {request["status"] for request in mine} - {200, 204, 429}
    expect(others, set(), "other refusals")


post_edit_delete()
upload()
post_more_than_allowed()
print(f"post.py: passed, {POSTS + 2} posts through both limits")

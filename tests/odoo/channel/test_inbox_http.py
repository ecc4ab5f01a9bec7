# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The inbox over real HTTP, on a prefork server: who gets in, and what is stored."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from http.client import HTTPConnection
from urllib.parse import urlsplit

import channel_kit as kit
import pytest

MIB = 1024 * 1024


def post(server, token, headers, raw, *, chunked=False):
    """`(status, body)` of one delivery, made by the plainest client there is."""
    parts = urlsplit(server.url)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        path = f"/ats/webhook/{token}"
        if chunked:
            connection.request("POST", path, body=iter([raw]), headers=headers, encode_chunked=True)
        else:
            connection.request("POST", path, body=raw, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.fixture
def door(registry, server):
    """`(server, registry, channel id, token, secret)` of a live channel with one listing."""
    with kit.committed(registry) as env:
        channel = kit.make_channel(env, "http://127.0.0.1:9/none")
        return server, registry, channel.id, channel.token, channel.webhook_secret


def test_ten_deliveries_at_once_are_ten_times_200_and_one_row(door):
    server, registry, channel_id, token, secret = door
    headers, raw = kit.signed(secret, kit.order("A-1", "nothing"))
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _n: post(server, token, headers, raw)[0], range(10)))
    assert answers == [200] * 10
    assert [row["external_id"] for row in kit.inbox(registry, channel_id)] == ["A-1"]


def test_whoever_is_not_surely_the_channel_gets_the_same_401_and_leaves_no_row(door):
    server, registry, channel_id, token, secret = door
    document = kit.order("A-2", "nothing")
    headers, raw = kit.signed(secret, document)
    minutes = timedelta(minutes=1)
    now = datetime.now(timezone.utc)
    without = {name: value for name, value in headers.items() if name != "webhook-signature"}
    attempts = {
        "unknown token": ("x" * 43, headers, raw),
        "no signature": (token, without, raw),
        "no headers at all": (token, {}, raw),
        "signed by another": (token, kit.signed(kit.signing_secret(), document)[0], raw),
        "another body": (token, headers, raw + b" "),
        "garbled signature": (token, {**headers, "webhook-signature": "v1"}, raw),
        "garbled base64": (token, {**headers, "webhook-signature": "v1,%%%"}, raw),
        "too old": (token, kit.signed(secret, document, at=now - 6 * minutes)[0], raw),
        "too new": (token, kit.signed(secret, document, at=now + 6 * minutes)[0], raw),
        "no time": (token, {**headers, "webhook-timestamp": "nan"}, raw),
        "not UTF-8": (token, headers, b"\xff\xfe"),
    }
    answers = {why: post(server, *attempt) for why, attempt in attempts.items()}
    assert {status for status, _body in answers.values()} == {401}, answers
    assert len({body for _status, body in answers.values()}) == 1
    with kit.committed(registry) as env:
        env["ats.channel"].browse(channel_id).state = "disabled"
    assert post(server, token, headers, raw) == answers["unknown token"]
    assert kit.inbox(registry, channel_id) == []


def test_a_stranger_learns_nothing_from_the_method(door):
    server, *_rest = door
    parts = urlsplit(server.url)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.request("GET", "/ats/webhook/anything")
    assert connection.getresponse().status in (404, 405)
    connection.close()


def test_more_than_a_mebibyte_is_413_and_a_body_of_unannounced_size_411(door):
    server, registry, channel_id, token, secret = door
    padded = kit.order("BIG", "nothing", note="x" * MIB)
    assert post(server, token, *kit.signed(secret, padded))[0] == 413
    fits = kit.order("FITS", "nothing", note="x" * 3000)
    assert post(server, token, *kit.signed(secret, fits))[0] == 200
    headers, raw = kit.signed(secret, kit.order("CHUNKED", "nothing"))
    assert post(server, token, headers, raw, chunked=True)[0] == 411
    assert [row["external_id"] for row in kit.inbox(registry, channel_id)] == ["FITS"]


def test_a_ping_is_answered_and_not_kept(door):
    server, registry, channel_id, token, secret = door
    assert post(server, token, *kit.signed(secret, {"type": "ping", "data": {}}))[0] == 200
    assert kit.inbox(registry, channel_id) == []


def test_both_secrets_are_accepted_while_the_shop_changes_over(door):
    server, registry, channel_id, token, secret = door
    with kit.committed(registry) as env:
        channel = env["ats.channel"].browse(channel_id)
        channel._secret_set("webhook_signing", channel._secret_generate("webhook_signing"))
        new = channel.webhook_secret
    assert new != secret
    assert post(server, token, *kit.signed(secret, kit.order("OLD", "nothing")))[0] == 200
    assert post(server, token, *kit.signed(new, kit.order("NEW", "nothing")))[0] == 200
    with kit.committed(registry) as env:
        env["ats.channel"].browse(channel_id).action_webhook_forget_previous()
    assert post(server, token, *kit.signed(secret, kit.order("LATE", "nothing")))[0] == 401

# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The inbox: who gets in over real HTTP, what is stored, and what becomes of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
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


def rows(registry, channel_id):
    with kit.committed(registry) as env:
        return (
            env["ats.inbox"]
            .search([("channel_id", "=", channel_id)], order="id")
            .read(["external_id", "state", "reason_code", "body", "digest", "attempts", "headers", "kind"])
        )


def import_all(registry):
    with kit.committed(registry) as env:
        return env["ats.inbox"]._run_import(budget_s=60)


def settled(registry, channel_id):
    """The channel's rows once no importer has anything to do with them."""

    def look():
        import_all(registry)
        found = rows(registry, channel_id)
        return found if all(row["state"] != "received" for row in found) else None

    return kit.until(look, "every row settled")


def test_ten_deliveries_at_once_are_ten_times_200_and_one_row(door):
    server, registry, channel_id, token, secret = door
    headers, raw = kit.signed(secret, kit.order("A-1", "nothing"))
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _n: post(server, token, headers, raw)[0], range(10)))
    assert answers == [200] * 10
    assert [row["external_id"] for row in rows(registry, channel_id)] == ["A-1"]


def test_whoever_is_not_surely_the_channel_gets_the_same_401_and_leaves_no_row(door):
    server, registry, channel_id, token, secret = door
    document = kit.order("A-2", "nothing")
    headers, raw = kit.signed(secret, document)
    minutes = timedelta(minutes=1)
    now = datetime.now(UTC)
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
    assert rows(registry, channel_id) == []


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
    assert [row["external_id"] for row in rows(registry, channel_id)] == ["FITS"]


def test_a_ping_is_answered_and_not_kept(door):
    server, registry, channel_id, token, secret = door
    assert post(server, token, *kit.signed(secret, {"type": "ping", "data": {}}))[0] == 200
    assert rows(registry, channel_id) == []


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


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"hello", "not_json"),
        (b"[1, 2]", "not_an_object"),
        (b'{"type": "order.created", "data": {}}', "no_id"),
        (b'{"data": {"id": "1", "id": "2"}}', "duplicate_key"),
        (b'{"data": {"id": "1", "x": NaN}}', "not_json"),
        (b'{"data": ' + b"[" * 100 + b"]" * 100 + b"}", "too_deep"),
    ],
)
def test_a_signed_document_that_cannot_be_told_apart_is_stored_as_rejected(registry, raw, code):
    with kit.committed(registry) as env:
        channel = kit.make_channel(env, "http://127.0.0.1:9/none")
        channel_id, token, secret = channel.id, channel.token, channel.webhook_secret
    headers, raw = kit.signed(secret, raw)
    with kit.committed(registry) as env:
        assert env["ats.inbox"]._receive(token, headers, raw)
    [row] = rows(registry, channel_id)
    assert (row["state"], row["reason_code"]) == ("rejected", code)
    assert "webhook-signature" not in row["headers"]


def received(registry, documents, **values):
    """Store these documents on a new channel; returns its id."""
    with kit.committed(registry) as env:
        channel = kit.make_channel(env, "http://127.0.0.1:9/none", **values)
        channel_id, token, secret = channel.id, channel.token, channel.webhook_secret
    deliver(registry, token, secret, documents)
    return channel_id


def deliver(registry, token, secret, documents):
    for document in documents:
        with kit.committed(registry) as env:
            assert env["ats.inbox"]._receive(token, *kit.signed(secret, document))


def test_a_bad_order_does_not_stop_the_next(registry):
    channel_id = received(
        registry,
        [
            {"type": "order.created", "timestamp": "2026-11-01T10:00:00Z", "data": {"id": "BAD"}},
            {"type": "order.deleted", "timestamp": "2026-11-01T10:00:00Z", "data": {"id": "ODD"}},
            kit.order("FLOAT", "nothing", quantity=1.5),
            kit.order("UNKNOWN", "nothing"),
        ],
    )
    found = {row["external_id"]: (row["state"], row["reason_code"]) for row in settled(registry, channel_id)}
    assert found["BAD"] == ("rejected", "bad_shape")
    assert found["ODD"] == ("rejected", "unknown_type")
    assert found["FLOAT"] == ("rejected", "bad_shape")
    assert found["UNKNOWN"] == ("parked", "unknown_listing")


def test_a_parked_order_is_imported_by_a_replay_after_it_was_put_right(registry):
    channel_id = received(registry, [kit.order("LATER", "new-sku")])
    [row] = settled(registry, channel_id)
    assert row["reason_code"] == "unknown_listing"
    with kit.committed(registry) as env:
        product = env["product.product"].create({"name": "New", "type": "consu", "is_storable": True})
        env["ats.listing"].create({"channel_id": channel_id, "product_id": product.id, "external_id": "new-sku"})
        usd = env.ref("base.USD")
        usd.active = True
        env["ats.inbox"].browse(row["id"]).action_replay()
    [row] = settled(registry, channel_id)
    assert row["state"] == "imported", row
    with kit.committed(registry) as env:
        inbox = env["ats.inbox"].browse(row["id"])
        assert inbox.action_open_result()["res_id"] == inbox.result_id


def test_the_same_number_with_another_content_is_left_to_a_person(registry):
    with kit.committed(registry) as env:
        channel = kit.make_channel(env, "http://127.0.0.1:9/none")
        channel_id, token, secret = channel.id, channel.token, channel.webhook_secret
    first, second = kit.order("TWICE", "nothing"), kit.order("TWICE", "nothing", quantity="2")
    deliver(registry, token, secret, [first, second, first])
    found = settled(registry, channel_id)
    assert [row["reason_code"] for row in found] == ["unknown_listing", "order_changed"]
    with kit.committed(registry) as env:
        env["ats.inbox"].browse(found[1]["id"]).action_replay()
    assert settled(registry, channel_id)[1]["reason_code"] == "unknown_listing", "nothing was imported yet: the replay decides"


def test_what_arrives_in_shadow_is_kept_and_not_imported(registry):
    channel_id = received(registry, [kit.order("SHADOW", "nothing")], state="shadow")
    assert [(row["state"], row["reason_code"]) for row in rows(registry, channel_id)] == [("parked", "shadow")]


def test_an_importer_that_died_five_times_over_an_order_parks_it(registry):
    channel_id = received(registry, [kit.order("KILLER", "nothing"), kit.order("NEXT", "nothing")])
    killer, following = rows(registry, channel_id)
    for _number in range(5):
        with kit.committed(registry) as env:
            assert env["ats.inbox"]._claim_rows([killer["id"]])[1]
            env.cr.execute(
                "UPDATE ats_inbox SET lease_until = now() - interval '1 day' WHERE id = %s", [killer["id"]]
            )
    found = {row["id"]: row["reason_code"] for row in settled(registry, channel_id)}
    assert found == {killer["id"]: "too_many_attempts", following["id"]: "unknown_listing"}


def test_an_import_whose_lease_ended_is_undone(registry):
    channel_id = received(registry, [kit.order("SLOW", "nothing")])
    [row] = rows(registry, channel_id)
    with kit.committed(registry) as env:
        env["ats.inbox"]._settle_row(row["id"], "another token", "parked", "x", "y")
    [row] = rows(registry, channel_id)
    assert row["state"] == "received"


def test_operators_see_the_document_and_viewers_do_not(registry):
    channel_id = received(registry, [kit.order("SECRET", "nothing")])
    [row] = rows(registry, channel_id)
    assert json.loads(row["body"])["data"]["customer"]["name"] == "Ada Buyer"
    from odoo.exceptions import AccessError

    with kit.committed(registry) as env:
        viewer = env["res.users"].create(
            {
                "name": "V",
                "login": f"viewer{channel_id}",
                "group_ids": [(6, 0, [env.ref("ats_inventory.group_ats_viewer").id])],
            }
        )
        with pytest.raises(AccessError):
            env["ats.inbox"].with_user(viewer).browse(row["id"]).body
        with pytest.raises(AccessError):
            env["ats.inbox"].with_user(viewer).browse(row["id"]).action_replay()

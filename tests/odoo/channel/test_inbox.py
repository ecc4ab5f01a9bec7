# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What becomes of what was received: rejected, parked, imported, replayed."""

import json

import channel_kit as kit
import pytest


def import_all(registry):
    with kit.committed(registry) as env:
        return env["ats.inbox"]._run_import(budget_s=60)


def settled(registry, channel_id):
    """The channel's rows once no importer has anything to do with them."""

    def look():
        import_all(registry)
        found = kit.inbox(registry, channel_id)
        return found if all(row["state"] != "received" for row in found) else None

    return kit.until(look, "every row settled")


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
    [row] = kit.inbox(registry, channel_id)
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
    assert [(row["state"], row["reason_code"]) for row in kit.inbox(registry, channel_id)] == [("parked", "shadow")]


def test_an_importer_that_died_five_times_over_an_order_parks_it(registry):
    channel_id = received(registry, [kit.order("KILLER", "nothing"), kit.order("NEXT", "nothing")])
    killer, following = kit.inbox(registry, channel_id)
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
    [row] = kit.inbox(registry, channel_id)
    with kit.committed(registry) as env:
        env["ats.inbox"]._settle_row(row["id"], "another token", "parked", "x", "y")
    [row] = kit.inbox(registry, channel_id)
    assert row["state"] == "received"


def test_operators_see_the_document_and_viewers_do_not(registry):
    channel_id = received(registry, [kit.order("SECRET", "nothing")])
    [row] = kit.inbox(registry, channel_id)
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
            env["ats.inbox"].with_user(viewer).browse(row["id"]).read(["body"])
        with pytest.raises(AccessError):
            env["ats.inbox"].with_user(viewer).browse(row["id"]).action_replay()

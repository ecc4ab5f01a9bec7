# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Claim, send and finish against a real HTTP server: what goes out, in which order, and what an answer does."""

import json
from concurrent.futures import ThreadPoolExecutor

import channel_kit as kit
import pytest
from standardwebhooks import Webhook


@pytest.fixture
def shop():
    shop = kit.Shop()
    yield shop
    shop.stop()


def channel_with(registry, shop, **values):
    with kit.committed(registry) as env:
        return kit.make_channel(env, shop.url, **values).id


def test_a_level_arrives_signed_and_is_acknowledged(registry, shop):
    channel_id = channel_with(registry, shop)
    kit.set_levels(registry, channel_id, 12)
    assert kit.publish(registry, channel_id) == 1
    [(headers, raw)] = shop.requests
    with kit.committed(registry) as env:
        secret = env["ats.channel"].browse(channel_id).webhook_secret
    Webhook(secret).verify(raw, headers)
    item = json.loads(raw)["data"]["items"][0]
    assert item["quantity"] == "12"
    assert item["sku"] == f"SKU-{channel_id}-0"
    [send] = kit.sends(registry, channel_id)
    assert headers["webhook-id"] == send["uuid"]
    assert raw.decode() == send["body"]
    assert send["state"] == "acknowledged"
    [publication] = kit.publications(registry, channel_id)
    assert publication["state"] == "done"
    assert publication["acked_generation"] == publication["desired_generation"] == item["generation"]
    assert publication["acked_quantity"] == 12


def test_a_burst_is_sent_once_with_the_newest_value(registry, shop):
    channel_id = channel_with(registry, shop)
    for quantity in (9, 8, 7.5):
        kit.set_levels(registry, channel_id, quantity)
    kit.publish(registry, channel_id)
    assert len(shop.requests) == 1
    assert shop.quantities == {f"SKU-{channel_id}-0": "7.5"}


def test_zeros_go_before_decreases_and_those_before_increases(registry, shop):
    ids = [channel_with(registry, shop) for _ in range(1)]
    with kit.committed(registry) as env:
        channel = env["ats.channel"].browse(ids[0])
        products = env["product.product"].create([{"name": f"More {n}", "is_storable": True} for n in range(2)])
        env["ats.listing"].create([{"channel_id": channel.id, "product_id": product.id} for product in products])
    kit.set_levels(registry, ids[0], 10)
    kit.publish(registry, ids[0])
    up, down, zero = kit.publications(registry, ids[0])
    with kit.committed(registry) as env:
        for row, quantity in ((up, 20), (down, 5), (zero, 0)):
            level = env["ats.publication"].browse(row["id"]).level_id.id
            env.cr.execute(
                "UPDATE ats_level SET quantity = %s, generation = nextval('ats_generation_seq') WHERE id = %s",
                [quantity, level],
            )
            env["ats.refresh"]._levels_written(env.cr, [level])
    assert [row["lane"] for row in kit.publications(registry, ids[0])] == [2, 1, 0]
    kit.publish(registry, ids[0])
    items = json.loads(shop.requests[-1][1])["data"]["items"]
    assert [item["quantity"] for item in items] == ["0", "5", "20"]


def test_batches_hold_at_most_a_hundred_rows(registry, shop):
    channel_id = channel_with(registry, shop, skus=230)
    kit.set_levels(registry, channel_id, 3)
    assert kit.publish(registry, channel_id) == 3
    assert [len(json.loads(raw)["data"]["items"]) for _headers, raw in shop.requests] == [100, 100, 30]


def test_shadow_and_disabled_send_nothing_and_switching_on_sends_everything(registry, shop):
    channel_id = channel_with(registry, shop, state="shadow", skus=2)
    kit.set_levels(registry, channel_id, 4)
    assert kit.publish(registry, channel_id) == 0
    assert [row["state"] for row in kit.publications(registry, channel_id)] == ["due", "due"]
    with kit.committed(registry) as env:
        env["ats.channel"].browse(channel_id).state = "test"
    assert kit.publish(registry, channel_id) == 1
    with kit.committed(registry) as env:
        env["ats.channel"].browse(channel_id).state = "live"
    assert kit.publish(registry, channel_id) == 1
    assert len(shop.requests) == 2
    assert {send["state"] for send in kit.sends(registry, channel_id)} == {"acknowledged"}


def test_a_removed_level_tells_the_shop_zero_and_is_forgotten(registry, shop):
    channel_id = channel_with(registry, shop)
    levels = kit.set_levels(registry, channel_id, 6)
    kit.publish(registry, channel_id)
    with kit.committed(registry) as env:
        env["ats.refresh"]._levels_removed(env.cr, levels)
        env.cr.execute("DELETE FROM ats_level WHERE id = ANY(%s)", [levels])
    kit.publish(registry, channel_id)
    assert shop.quantities == {f"SKU-{channel_id}-0": "0"}
    assert kit.publications(registry, channel_id) == []


def test_a_level_that_was_never_sent_leaves_nothing_behind(registry, shop):
    channel_id = channel_with(registry, shop)
    levels = kit.set_levels(registry, channel_id, 6)
    with kit.committed(registry) as env:
        env["ats.refresh"]._levels_removed(env.cr, levels)
    assert kit.publications(registry, channel_id) == []
    assert kit.publish(registry, channel_id) == 0


def test_a_refused_row_is_parked_with_the_words_of_the_shop_and_the_others_are_acknowledged(registry, shop):
    channel_id = channel_with(registry, shop, skus=3)
    bad = f"SKU-{channel_id}-1"
    shop.decide = lambda document, number: kit.Answer(
        body=json.dumps({"items": [{"sku": bad, "node": None, "status": "refused", "error": "Unknown here"}]}).encode()
    )
    kit.set_levels(registry, channel_id, 2)
    kit.publish(registry, channel_id)
    states = {row["external_id"]: row for row in kit.publications(registry, channel_id)}
    assert [states[f"SKU-{channel_id}-{n}"]["state"] for n in range(3)] == ["done", "parked", "done"]
    assert states[bad]["error_message"] == "Unknown here"
    shop.decide = lambda document, number: kit.Answer()
    with kit.committed(registry) as env:
        env["ats.publication"].browse(states[bad]["id"]).action_retry()
    kit.publish(registry, channel_id)
    assert {row["state"] for row in kit.publications(registry, channel_id)} == {"done"}


def test_connection_test_says_in_words_what_is_wrong(registry, shop):
    channel_id = channel_with(registry, shop)
    for status, kind in ((200, "success"), (401, "danger"), (404, "danger"), (503, "warning"), (302, "danger")):
        shop.decide = lambda document, number, status=status: kit.Answer(status=status)
        with kit.committed(registry) as env:
            action = env["ats.channel"].browse(channel_id).action_test_connection()
        assert action["params"]["type"] == kind, status
    assert json.loads(shop.requests[0][1])["type"] == "ping"
    assert kit.sends(registry, channel_id) == []


def test_a_channel_that_stocks_by_location_is_told_a_quantity_for_each_node(registry, shop):
    channel_id = channel_with(registry, shop, per_node=True)
    with kit.committed(registry) as env:
        channel = env["ats.channel"].browse(channel_id)
        node = channel.source_ids.node_id
        code = node.warehouse_id.code
        env.cr.execute(
            """
            INSERT INTO ats_level (company_id, listing_id, channel_id, product_id, node_id, quantity, reasons, generation)
            SELECT company_id, id, channel_id, product_id, %s, 7, '[]'::jsonb, nextval('ats_generation_seq')
              FROM ats_listing WHERE channel_id = %s RETURNING id
            """,
            [node.id, channel_id],
        )
        env["ats.refresh"]._levels_written(env.cr, [row[0] for row in env.cr.fetchall()])
    refuse = {"sku": f"SKU-{channel_id}-0", "node": code, "status": "refused", "error": "closed"}
    shop.decide = lambda document, number: kit.Answer(body=json.dumps({"items": [refuse]}).encode())
    kit.publish(registry, channel_id)
    assert json.loads(shop.requests[0][1])["data"]["items"][0]["node"] == code
    assert [row["state"] for row in kit.publications(registry, channel_id)] == ["parked"]


def test_two_publishers_never_send_the_same_row_twice(registry, shop):
    channel_ids = [channel_with(registry, shop, skus=150) for _number in range(3)]
    for channel_id in channel_ids:
        kit.set_levels(registry, channel_id, 3)

    def work(_number):
        done = 0
        with kit.committed(registry) as env:
            while env["ats.publisher"]._publish_one(channel_ids):
                done += 1
        return done

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    for channel_id in channel_ids:
        kit.publish(registry, channel_id)
        assert {row["state"] for row in kit.publications(registry, channel_id)} == {"done"}
    sent = [
        (item["sku"], item["generation"])
        for _headers, raw in shop.requests
        for item in json.loads(raw)["data"]["items"]
    ]
    assert len(sent) == len(set(sent)) == 450

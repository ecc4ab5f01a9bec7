# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The demo channel through the real mechanisms: each outcome it simulates, and an order delivered twice."""

import channel_kit as kit
import pytest


@pytest.fixture
def demo(registry):
    with kit.committed(registry) as env:
        node = env["ats.node"].search([("company_id", "=", env.company.id)], limit=1)
        channel = env["ats.channel"].create(
            {"name": "Demo", "code": "demo", "state": "test", "source_ids": [(0, 0, {"node_id": node.id})]}
        )
        products = env["product.product"].create(
            [{"name": f"Demo thing {number}", "type": "consu", "is_storable": True} for number in range(3)]
        )
        env["ats.listing"].create([{"channel_id": channel.id, "product_id": product.id} for product in products])
        env.company.currency_id.active = True
        channel_id = channel.id
    kit.set_levels(registry, channel_id, 4)
    return channel_id


def states(registry, channel_id):
    return sorted(row["state"] for row in kit.publications(registry, channel_id))


def press(registry, channel_id, button, **values):
    with kit.committed(registry) as env:
        channel = env["ats.channel"].browse(channel_id)
        channel.write(values)
        return getattr(channel, button)()


@pytest.mark.parametrize(
    ("outcome", "after", "send"),
    [
        ("accept", ["done"] * 3, "acknowledged"),
        ("refuse", ["done", "done", "parked"], "acknowledged"),
        ("timeout", ["sending"] * 3, "unknown"),
        ("unreachable", ["due"] * 3, "failed"),
    ],
)
def test_an_outcome_shows_what_a_real_shop_would_cause(registry, demo, outcome, after, send):
    press(registry, demo, "action_publish_now", demo_outcome=outcome)
    kit.publish(registry, demo)
    assert states(registry, demo) == after
    assert kit.sends(registry, demo)[0]["state"] == send
    kit.skip_backoff(registry, demo)
    kit.publish(registry, demo)
    assert set(states(registry, demo)) == ({"done", "parked"} if outcome == "refuse" else {"done"})


def test_a_refused_batch_is_halved_and_then_taken(registry, demo):
    press(registry, demo, "action_publish_now", demo_outcome="refuse_all")
    kit.publish(registry, demo)
    assert states(registry, demo) == ["done"] * 3
    assert [send["state"] for send in kit.sends(registry, demo)][0] == "refused"


def test_an_order_delivered_twice_is_one_order(registry, demo):
    press(registry, demo, "action_demo_order")
    press(registry, demo, "action_demo_order_again")
    [row] = kit.inbox(registry, demo)
    with kit.committed(registry) as env:
        env["ats.inbox"]._run_import(budget_s=60)
    [row] = kit.inbox(registry, demo)
    assert row["state"] == "imported", row
    with kit.committed(registry) as env:
        assert env["ats.order"].search_count([("channel_id", "=", demo)]) == 1

# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What can go wrong between us and a shop, each broken on purpose: outages, kills, lost answers, poison rows."""

import contextlib
import json
import os
import signal
import socket
import threading
import time

import channel_kit as kit
import pytest


@pytest.fixture
def shops():
    started = []

    def start(decide=None):
        started.append(kit.Shop(decide))
        return started[-1]

    yield start
    for shop in started:
        shop.stop()


def channel_with(registry, url, **values):
    with kit.committed(registry) as env:
        return kit.make_channel(env, url, **values).id


def claim(registry, channel_id):
    with kit.committed(registry) as env:
        return env["ats.publisher"]._claim([channel_id])


def finish(registry, claimed, outcome):
    with kit.committed(registry) as env:
        return env["ats.publisher"]._finish(claimed, outcome)


def call(registry, claimed):
    with kit.committed(registry) as env:
        return env["ats.publisher"]._call(claimed)


def test_a_lost_answer_is_followed_by_the_same_bytes_under_the_same_id_and_newer_values_wait(registry, shops):
    shop = shops(lambda document, number: kit.Answer(drop=number == 1))
    channel_id = channel_with(registry, shop.url)
    kit.set_levels(registry, channel_id, 10)
    kit.publish(registry, channel_id)
    assert [send["state"] for send in kit.sends(registry, channel_id)] == ["unknown"]
    kit.set_levels(registry, channel_id, 3)
    kit.skip_backoff(registry, channel_id)
    kit.publish(registry, channel_id)
    (first, raw), (second, again), (third, newest) = shop.requests
    assert first["webhook-id"] == second["webhook-id"] != third["webhook-id"]
    assert raw == again
    assert json.loads(newest)["data"]["items"][0]["quantity"] == "3"
    [publication] = kit.publications(registry, channel_id)
    assert (publication["state"], publication["acked_quantity"]) == ("done", 3)


def test_a_publisher_killed_between_claim_and_finish_costs_a_lease_and_nothing_else(registry, shops):
    shop = shops()
    channel_id = channel_with(registry, shop.url)
    kit.set_levels(registry, channel_id, 5)
    child = os.fork()
    if child == 0:
        # A worker that sends and is gone before it can write the answer down.
        try:
            from odoo import sql_db

            sql_db._Pool = None
            claimed = claim(registry, channel_id)
            call(registry, claimed)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    kit.until(lambda: len(shop.requests) == 1, "the killed worker's request")
    [send] = kit.sends(registry, channel_id)
    assert send["state"] == "prepared"
    assert kit.publish(registry, channel_id) == 0, "the lease still holds"
    kit.skip_backoff(registry, channel_id)
    kit.publish(registry, channel_id)
    assert shop.requests[0][1] == shop.requests[1][1]
    assert shop.requests[0][0]["webhook-id"] == shop.requests[1][0]["webhook-id"]
    [send] = kit.sends(registry, channel_id)
    assert (send["state"], send["attempts"]) == ("acknowledged", 2)


def test_an_answer_that_comes_after_the_lease_changes_nothing(registry, shops):
    shop = shops()
    channel_id = channel_with(registry, shop.url)
    kit.set_levels(registry, channel_id, 5)
    slow = claim(registry, channel_id)
    answer = call(registry, slow)
    kit.skip_backoff(registry, channel_id)
    kit.publish(registry, channel_id)
    kit.set_levels(registry, channel_id, 1)
    kit.publish(registry, channel_id)
    before = kit.publications(registry, channel_id)
    assert finish(registry, slow, answer) is False
    assert kit.publications(registry, channel_id) == before
    assert before[0]["acked_quantity"] == 1


def test_a_shop_that_is_down_gets_the_newest_value_when_it_is_back(registry, shops):
    shop = shops()
    url = shop.url
    port = shop.port
    shop.stop()
    channel_id = channel_with(registry, url)
    kit.set_levels(registry, channel_id, 5)
    kit.publish(registry, channel_id)
    [publication] = kit.publications(registry, channel_id)
    assert publication["state"] == "due", "nothing was delivered, so nothing has to wait"
    state = kit.health(registry, channel_id)
    assert state["error_code"] == "unreachable"
    assert state["not_before"] and state["failures"] == 1
    kit.set_levels(registry, channel_id, 2)
    kit.skip_backoff(registry, channel_id)
    other = shops()
    with kit.committed(registry) as env:
        env["ats.channel"].browse(channel_id).webhook_live_url = url.replace(str(port), str(other.port))
    kit.publish(registry, channel_id)
    assert [json.loads(raw)["data"]["items"][0]["quantity"] for _headers, raw in other.requests] == ["2"]
    assert kit.health(registry, channel_id)["failures"] == 0


def test_a_shop_that_is_down_does_not_delay_another_one(registry, shops):
    down, up = shops(lambda document, number: kit.Answer(delay_s=30)), shops()
    slow_id = channel_with(registry, down.url, skus=3)
    good_id = channel_with(registry, up.url, skus=3)
    kit.set_levels(registry, slow_id, 5)
    kit.set_levels(registry, good_id, 5)
    from odoo.addons.ats_channel import http

    begin = time.monotonic()
    with kit.committed(registry) as env:
        env["ats.publisher"]._run(1)
    assert time.monotonic() - begin < http.const.CALL_DEADLINE_S + http.const.PUBLISH_BUDGET_S
    kit.publish(registry, good_id)
    assert {row["state"] for row in kit.publications(registry, good_id)} == {"done"}
    assert len(down.requests) == 1
    assert [send["state"] for send in kit.sends(registry, slow_id)] == ["unknown"]


def test_a_short_outage_ends_within_the_same_run(registry, shops):
    shop = shops(lambda document, number: kit.Answer(status=503 if number <= 2 else 200))
    channel_id = channel_with(registry, shop.url)
    kit.set_levels(registry, channel_id, 5)
    with kit.committed(registry) as env:
        env["ats.publisher"]._run(1)
    assert len(shop.requests) == 3
    assert {row["state"] for row in kit.publications(registry, channel_id)} == {"done"}


def test_a_batch_refused_as_a_whole_is_halved_until_the_bad_row_is_alone(registry, shops):
    def decide(document, number):
        bad = any(item["sku"].endswith("-13") for item in document["data"]["items"])
        return kit.Answer(status=422, body=b"line 13 is not welcome") if bad else kit.Answer()

    shop = shops(decide)
    channel_id = channel_with(registry, shop.url, skus=40)
    kit.set_levels(registry, channel_id, 5)
    kit.publish(registry, channel_id)
    states = {row["external_id"]: row["state"] for row in kit.publications(registry, channel_id)}
    assert [sku for sku, state in states.items() if state == "parked"] == [f"SKU-{channel_id}-13"]
    assert set(states.values()) == {"parked", "done"}
    assert len(shop.requests) <= 14
    assert len({headers["webhook-id"] for headers, _raw in shop.requests}) == len(shop.requests)


def test_a_shop_that_does_not_know_our_secret_pauses_the_channel_until_resumed(registry, shops):
    shop = shops(lambda document, number: kit.Answer(status=401 if number == 1 else 200))
    channel_id = channel_with(registry, shop.url)
    kit.set_levels(registry, channel_id, 5)
    kit.publish(registry, channel_id)
    kit.skip_backoff(registry, channel_id)
    kit.publish(registry, channel_id)
    assert len(shop.requests) == 1, "no call while a person has to act"
    with kit.committed(registry) as env:
        channel = env["ats.channel"].browse(channel_id)
        assert channel.pause_code == "not_authorised"
        assert channel.activity_ids, "the managers have a to-do"
        channel.action_resume()
        assert not channel.pause_code
    kit.publish(registry, channel_id)
    assert {row["state"] for row in kit.publications(registry, channel_id)} == {"done"}


def test_an_inbox_that_is_missing_pauses_the_channel_only_when_it_stays_missing(registry, shops):
    shop = shops(lambda document, number: kit.Answer(status=404))
    channel_id = channel_with(registry, shop.url)
    kit.set_levels(registry, channel_id, 5)
    paused = []
    for _number in range(9):
        kit.publish(registry, channel_id)
        kit.skip_backoff(registry, channel_id)
        with kit.committed(registry) as env:
            paused.append(env["ats.channel"].browse(channel_id).pause_code)
    assert paused == [False] * 8 + ["wrong_address"]
    assert {row["state"] for row in kit.publications(registry, channel_id)} == {"due"}


def test_retry_after_is_honoured_up_to_a_quarter_of_an_hour(registry, shops):
    waits = {1: "120", 2: "999999", 3: "soon"}
    shop = shops(lambda document, number: kit.Answer(status=429, headers={"Retry-After": waits[number]}))
    channel_id = channel_with(registry, shop.url)
    kit.set_levels(registry, channel_id, 5)
    seen = []
    for _number in waits:
        kit.publish(registry, channel_id)
        with kit.committed(registry) as env:
            env.cr.execute(
                "SELECT extract(epoch FROM not_before - (now() AT TIME ZONE 'UTC')) FROM ats_channel_health"
                " WHERE channel_id = %s",
                [channel_id],
            )
            seen.append(float(env.cr.fetchone()[0]))
        kit.skip_backoff(registry, channel_id)
    assert 100 < seen[0] <= 120
    assert 880 < seen[1] <= 900
    assert seen[2] < 10
    assert [row["state"] for row in kit.publications(registry, channel_id)] == ["due"]


def test_the_same_bytes_that_always_break_the_shop_are_split_in_the_end(registry, shops):
    def decide(document, number):
        bad = any(item["sku"].endswith("-1") for item in document["data"]["items"])
        return kit.Answer(status=500) if bad else kit.Answer()

    shop = shops(decide)
    channel_id = channel_with(registry, shop.url, skus=2)
    kit.set_levels(registry, channel_id, 5)
    for _number in range(12):
        kit.publish(registry, channel_id)
        kit.skip_backoff(registry, channel_id)
    states = {row["external_id"]: row["state"] for row in kit.publications(registry, channel_id)}
    assert states == {f"SKU-{channel_id}-0": "done", f"SKU-{channel_id}-1": "parked"}


def test_a_dripping_answer_ends_at_the_deadline(registry, shops, monkeypatch):
    from odoo.addons.ats_channel import const, http
    from odoo.addons.ats_channel.errors import ChannelRetry

    monkeypatch.setattr(const, "CALL_DEADLINE_S", 0.5)
    shop = shops(lambda document, number: kit.Answer(delay_s=20))
    request = http.Request("POST", shop.url, body=b"{}", allowed_hosts=frozenset({"127.0.0.1"}))
    begin = time.monotonic()
    with pytest.raises(ChannelRetry) as error:
        http.call(request)
    assert error.value.code == "timeout" and error.value.delivered is None
    assert time.monotonic() - begin < 3


def test_private_addresses_are_refused_unless_allowed(registry):
    from odoo.addons.ats_channel import http
    from odoo.addons.ats_channel.errors import ChannelMisconfigured

    for url in (
        "http://shop.example/", "https://user:pw@shop.example/", "https://127.0.0.1/", "https://[::1]/",
        "https://10.0.0.1/", "https://169.254.169.254/latest", "https://[::ffff:127.0.0.1]/", "ftp://shop.example/",
        "https://localhost/", "https://shop.example:22/", "https://shop.example:99999/",
    ):
        with pytest.raises(ChannelMisconfigured):
            http.call(http.Request("POST", url))


def test_an_answer_that_never_ends_is_cut_off(registry, shops):
    from odoo.addons.ats_channel import http
    from odoo.addons.ats_channel.errors import ChannelRetry

    shop = shops(lambda document, number: kit.Answer(body=b"x" * (http.const.RESPONSE_BYTES_MAX + 10)))
    request = http.Request("POST", shop.url, body=b"{}", allowed_hosts=frozenset({f"127.0.0.1:{shop.port}"}))
    with pytest.raises(ChannelRetry, match="answer_too_long"):
        http.call(request)


def test_publish_now_repeats_a_send_of_unknown_outcome_at_once(registry, shops):
    shop = shops(lambda document, number: kit.Answer(status=503 if number == 1 else 200, headers={"Retry-After": "600"}))
    channel_id = channel_with(registry, shop.url)
    kit.set_levels(registry, channel_id, 4)
    kit.publish(registry, channel_id)
    assert kit.publish(registry, channel_id) == 0, "the shop asked for a pause"
    with kit.committed(registry) as env:
        env["ats.channel"].browse(channel_id).action_publish_now()
    kit.publish(registry, channel_id)
    (first, _raw), (second, _again) = shop.requests
    assert first["webhook-id"] == second["webhook-id"]
    assert [row["state"] for row in kit.publications(registry, channel_id)] == ["done"]


def test_a_web_page_acknowledges_nothing(registry, shops):
    page = kit.Answer(body=b"<!doctype html><title>Sign in</title>", headers={"Content-Type": "text/html"})
    shop = shops(lambda document, number: page if number == 1 else kit.Answer())
    channel_id = channel_with(registry, shop.url)
    kit.set_levels(registry, channel_id, 4)
    kit.publish(registry, channel_id)
    assert [row["state"] for row in kit.publications(registry, channel_id)] == ["due"]
    assert kit.health(registry, channel_id)["error_code"] == "web_page"
    kit.set_levels(registry, channel_id, 2)
    kit.skip_backoff(registry, channel_id)
    kit.publish(registry, channel_id)
    assert shop.quantities == {f"SKU-{channel_id}-0": "2"}


def test_the_deadline_of_a_call_covers_a_tls_handshake_that_drips(registry, monkeypatch):
    from odoo.addons.ats_channel import const, http
    from odoo.addons.ats_channel.errors import ChannelRetry

    monkeypatch.setattr(const, "CALL_DEADLINE_S", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()

        def drip():
            connection, _address = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB begins
                while not done.wait(0.1):
                    connection.sendall(b"\x02")

        thread = threading.Thread(target=drip)
        thread.start()
        started = time.monotonic()
        with pytest.raises(ChannelRetry) as caught:
            http.call(
                http.Request(
                    "POST", f"https://127.0.0.1:{listener.getsockname()[1]}/", allowed_hosts=frozenset({"127.0.0.1"})
                )
            )
        took = time.monotonic() - started
        done.set()
        thread.join()
    assert caught.value.delivered is False
    assert took < 3.0


def test_a_generation_that_fell_is_parked_and_not_sent_for_ever(registry, shops):
    shop = shops()
    channel_id = channel_with(registry, shop.url)
    kit.set_levels(registry, channel_id, 4)
    kit.publish(registry, channel_id)
    with kit.committed(registry) as env:
        # What a sequence restored from an older copy leaves behind.
        env.cr.execute(
            "UPDATE ats_publication SET acked_generation = desired_generation + 1000000, state = 'due'"
            " WHERE channel_id = %s", [channel_id],
        )
    assert kit.publish(registry, channel_id) == 1
    [publication] = kit.publications(registry, channel_id)
    assert (publication["state"], publication["error_code"]) == ("parked", "generation_fell")

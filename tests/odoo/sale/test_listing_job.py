# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Listing jobs with real commits: slices, marks, a second job, a stop, an undo, a killed and a doubled worker."""

import threading

import pytest

PRODUCTS = 30
SLICE = 10


def environment(cr):
    from odoo import SUPERUSER_ID, api

    return api.Environment(cr, SUPERUSER_ID, {})


@pytest.fixture
def small_slices(registry, monkeypatch):
    from odoo.addons.ats_channel.models import listing_job_run

    monkeypatch.setattr(listing_job_run, "SLICE_PRODUCTS", SLICE)
    monkeypatch.setattr(listing_job_run, "UNDO_SLICE_LISTINGS", SLICE)


@pytest.fixture
def shop_and_products(registry, small_slices):
    """``(channel id, category id)``: a channel without listings and PRODUCTS products of a category of their own."""
    with registry.cursor() as cr:
        env = environment(cr)
        company = env.ref("base.main_company")
        env = env(context={"allowed_company_ids": company.ids})
        category = env["product.category"].create({"name": "Bulk"})
        env["product.product"].create(
            [
                {"name": f"Bulk {number}", "default_code": f"BULK-{number}", "is_storable": True, "categ_id": category.id}
                for number in range(PRODUCTS)
            ]
        )
        channel = env["ats.channel"].create({"name": "Bulk shop", "company_id": company.id})
        return channel.id, category.id


def _start(registry, channel, category):
    with registry.cursor() as cr:
        job = environment(cr)["ats.listing.job"].create({"channel_id": channel, "source": "category", "category_id": category})
        return job.id


def _run(registry):
    with registry.cursor() as cr:
        environment(cr)["ats.listing.job"]._run_slices()


def _read(registry, job, *names):
    with registry.cursor() as cr:
        row = environment(cr)["ats.listing.job"].browse(job)
        return tuple(row[name] for name in names)


def _count(registry, sql, *parameters):
    with registry.cursor() as cr:
        cr.execute(sql, parameters)
        return cr.fetchone()[0]


COUNTS = ("state", "done_count", "skipped_count", "failed_count")


def test_products_are_listed_once_and_marked(registry, shop_and_products):
    channel, category = shop_and_products
    job = _start(registry, channel, category)
    _run(registry)
    assert _read(registry, job, *COUNTS) == ("done", PRODUCTS, 0, 0)
    marked = "SELECT count(DISTINCT m.product_id) FROM ats_mark m JOIN ats_listing l USING (product_id) WHERE l.channel_id = %s"
    assert _count(registry, marked, channel) == PRODUCTS
    again = _start(registry, channel, category)
    _run(registry)
    assert _read(registry, again, *COUNTS) == ("done", 0, PRODUCTS, 0)


def test_sku_of_another_product_is_said(registry, shop_and_products):
    channel, category = shop_and_products
    with registry.cursor() as cr:
        env = environment(cr)
        products = env["product.product"].search([("categ_id", "=", category)], order="id", limit=2)
        products[1].default_code = products[0].default_code
    job = _start(registry, channel, category)
    _run(registry)
    assert _read(registry, job, *COUNTS) == ("done", PRODUCTS - 1, 0, 1)
    with registry.cursor() as cr:
        failure = environment(cr)["ats.listing.job"].browse(job).failure_ids
        assert failure.product_id.id == products.ids[1]
        assert "BULK-0" in failure.message


def test_two_actions_at_once_share_the_slices(registry, shop_and_products):
    channel, category = shop_and_products
    job = _start(registry, channel, category)
    workers = [threading.Thread(target=_run, args=(registry,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    _run(registry)
    assert _read(registry, job, *COUNTS) == ("done", PRODUCTS, 0, 0)
    assert _count(registry, "SELECT count(*) FROM ats_listing WHERE channel_id = %s", channel) == PRODUCTS


def test_slice_of_a_killed_worker_is_done_again_when_its_lease_ends(registry, shop_and_products):
    channel, category = shop_and_products
    job = _start(registry, channel, category)
    with registry.cursor() as cr:
        claimed, token = environment(cr)["ats.listing.job"]._claim_slice()  # and then the worker dies
    assert claimed == job
    _run(registry)
    assert _read(registry, job, *COUNTS) == ("running", 0, 0, 0), "nobody else takes a leased slice"
    with registry.cursor() as cr:
        cr.execute("UPDATE ats_listing_job SET lease_until = now() at time zone 'UTC' - interval '1 s' WHERE id = %s", [job])
    _run(registry)
    assert _read(registry, job, *COUNTS) == ("done", PRODUCTS, 0, 0)
    with registry.cursor() as cr:
        assert environment(cr)["ats.listing.job"]._try_slice(job, token), "who comes back late finds nothing to do"
    assert _read(registry, job, *COUNTS) == ("done", PRODUCTS, 0, 0)


def test_stop_then_continue(registry, shop_and_products, monkeypatch):
    channel, category = shop_and_products
    job = _start(registry, channel, category)
    with registry.cursor() as cr:
        model = environment(cr)["ats.listing.job"]
        assert model._try_slice(*model._claim_slice())
    with registry.cursor() as cr:
        environment(cr)["ats.listing.job"].browse(job).action_stop()
    _run(registry)
    assert _read(registry, job, *COUNTS) == ("stopped", SLICE, 0, 0)
    with registry.cursor() as cr:
        environment(cr)["ats.listing.job"].browse(job).action_continue()
    _run(registry)
    assert _read(registry, job, *COUNTS) == ("done", PRODUCTS, 0, 0)


def test_undo_removes_listings_and_blocks_those_the_shop_shows(registry, shop_and_products):
    channel, category = shop_and_products
    job = _start(registry, channel, category)
    _run(registry)
    with registry.cursor() as cr:
        # As if a publisher had had this one acknowledged.
        cr.execute("SELECT id, company_id FROM ats_listing WHERE channel_id = %s ORDER BY id LIMIT 1", [channel])
        listing, company = cr.fetchone()
        cr.execute(
            """
            INSERT INTO ats_publication (company_id, channel_id, listing_id, desired_generation, desired_quantity,
                                         acked_generation, acked_quantity, lane, state, attempts, withdrawn)
                 VALUES (%s, %s, %s, 1, 4, 1, 4, 2, 'done', 0, false)
            """,
            [company, channel, listing],
        )
    with registry.cursor() as cr:
        environment(cr)["ats.listing.job"].browse(job).action_undo()
    _run(registry)
    assert _read(registry, job, "state", "removed_count", "blocked_count") == ("undone", PRODUCTS - 1, 1)
    with registry.cursor() as cr:
        left = environment(cr)["ats.listing"].search([("channel_id", "=", channel)])
        assert (left.ids, left.blocked) == ([listing], True)


def test_slice_that_always_fails_fails_the_job_with_its_message(registry, shop_and_products, monkeypatch):
    channel, category = shop_and_products
    job = _start(registry, channel, category)

    def fail(_self):
        raise ValueError("no room")

    monkeypatch.setattr(registry["ats.listing.job"], "_list_slice", fail)
    for _ in range(4):
        _run(registry)
    state, message = _read(registry, job, "state", "message")
    assert (state, message) == ("failed", "ValueError: no room")

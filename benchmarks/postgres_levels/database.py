# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The database of this workload: a warehouse company made by SQL from a few records that Odoo's models made, and kept between runs.

For each product four quants, two deliveries (one reserved, one not) and a receipt, over ten warehouses, and a listing on each of ten channels.
Channel k sells from the warehouses k, k + 1 and k + 3; the first channel counts incoming purchases.
"""

import hashlib
from pathlib import Path

import row

from harness import in_process, postgres

from . import levels
from .shape import Shape

WAREHOUSES = 10
SOURCES = (0, 1, 3)
"""Which warehouses a channel sells from, counted from its own."""
PREFIX = "bench_levels_"
STORED_AT_ONCE = 5_000
"""Products whose levels are stored by one statement."""


def name(template_db, products, seed):
    """The database's name: another one for another template, generator, size or seed."""
    text = f"{template_db} {Path(__file__).read_text()} {products} {seed}"
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()[:12]


def fill(env, products, seed):
    """Make everything in the caller's transaction."""
    row.progress("ten warehouses, ten channels and a prototype of each record")
    company = env.company
    warehouses = env["stock.warehouse"].search([("company_id", "=", company.id)], order="id")
    warehouses |= env["stock.warehouse"].create([
        {"name": f"Bench {number}", "code": f"BN{number}", "company_id": company.id} for number in range(WAREHOUSES - len(warehouses))])
    env["ats.node"]._ensure_for_warehouses(warehouses)
    product = env["product.product"].create({"name": "Prototype", "is_storable": True, "purchase_ok": False})
    channels = _channels(env, warehouses)
    listing = env["ats.listing"].create({"channel_id": channels[0], "product_id": product.id})
    shelf, customers, suppliers = (env.ref("stock.stock_location_" + place) for place in ("stock", "customers", "suppliers"))
    env["stock.quant"]._update_available_quantity(product, shelf, 5)
    quant = env["stock.quant"].search([("product_id", "=", product.id)])

    def move(source, dest, kind):
        return env["stock.move"].create({
            "product_id": product.id, "product_uom_qty": 2, "product_uom": product.uom_id.id, "location_id": source.id, "location_dest_id": dest.id,
            "location_final_id": dest.id, "picking_type_id": kind.id})._action_confirm()

    reserved = move(shelf, customers, warehouses[0].out_type_id)
    reserved._action_assign()
    receipt = move(suppliers, shelf, warehouses[0].in_type_id)
    env.flush_all()
    # No triggers: neither marks for what the first refresh computes anyway, nor a check of every reference.
    env.cr.execute("SET LOCAL session_replication_role = replica")
    first = _products(env.cr, product, products)
    _stock(env.cr, quant, reserved, receipt, first, products, seed, [warehouse.lot_stock_id.id for warehouse in warehouses])
    row.progress(f"{products * len(channels):,} listings")
    _copy_rows(env.cr, "ats_listing", listing.id, f"generate_series({first}, {first + products - 1}) AS p(id), unnest(ARRAY{channels}) AS c(id)", {
        "id": "nextval('ats_listing_id_seq')", "product_id": "p.id", "channel_id": "c.id", "external_id": "'E' || p.id"})
    env.cr.execute("SET LOCAL session_replication_role = origin")
    env.cr.execute("DELETE FROM ats_mark")
    env.cr.execute("DELETE FROM ats_scope_mark")
    env.cr.execute("CREATE TABLE bench_shape AS SELECT %s AS first, %s AS products, %s::int[] AS channels, %s::int[] AS warehouses",
                   [first, products, channels, warehouses.ids])


def _channels(env, warehouses):
    """Ids of the channels, each with its nodes."""
    nodes = [env["ats.node"].search([("warehouse_id", "=", warehouse.id)]).id for warehouse in warehouses]
    channels = []
    for number in range(WAREHOUSES):
        sources = [(0, 0, {"node_id": nodes[(number + step) % WAREHOUSES], "sequence": order}) for order, step in enumerate(SOURCES)]
        counts = {"count_purchase": True, "incoming_days": 3650} if number == 0 else {}
        channels.append(env["ats.channel"].create({"name": f"Bench {number}", "source_ids": sources, **counts}).id)
    return channels


def _copy_rows(cr, table, prototype, source, changes):
    """Insert rows like the prototype, one for each row of `source`, with some columns changed to SQL expressions."""
    changed = ", ".join(f"'{column}', {expression}" for column, expression in changes.items())
    cr.execute(f"""
        INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object({changed}))).*
          FROM {table} t, {source} WHERE t.id = {prototype}""")


def _products(cr, product, products):
    """Make the products; returns the id of the first. Template and product get equal ids, beyond those of both."""
    row.progress(f"{products:,} products")
    cr.execute("SELECT greatest((SELECT max(id) FROM product_template), (SELECT max(id) FROM product_product)) + 1")
    first = cr.fetchone()[0]
    series = f"generate_series({first}, {first + products - 1}) AS p(id)"
    _copy_rows(cr, "product_template", product.product_tmpl_id.id, series, {
        "id": "p.id", "name": "jsonb_build_object('en_US', 'Bench ' || p.id)"})
    _copy_rows(cr, "product_product", product.id, series, {"id": "p.id", "product_tmpl_id": "p.id", "default_code": "'B' || p.id"})
    for table in ("product_template", "product_product"):
        cr.execute(f"SELECT setval('{table}_id_seq', {first + products})")
    return first


def _stock(cr, quant, reserved, receipt, first, products, seed, shelves):
    """Quants, deliveries and receipts. The first quant of a product is where its reserved delivery starts."""
    row.progress(f"{products * 4:,} quants, {products * 3:,} moves")
    shelf = f"(ARRAY{shelves})[1 + (p.id * 7 + {seed} + %d) %% {WAREHOUSES}]".replace("%%", "%")
    series = f"generate_series({first}, {first + products - 1}) AS p(id)"
    for number in range(4):
        _copy_rows(cr, "stock_quant", quant.id, series, {
            "id": "nextval('stock_quant_id_seq')", "product_id": "p.id", "location_id": shelf.replace("%d", str(number * 3)),
            "quantity": f"3 + (p.id * {number + 5} + {seed}) % 40", "reserved_quantity": "2" if number == 0 else "0"})
    later = "(now() AT TIME ZONE 'UTC')::timestamp(0) + make_interval(days => 30 + p.id % 50)"
    _copy_rows(cr, "stock_move", reserved.id, series, {
        "id": "nextval('stock_move_id_seq')", "product_id": "p.id", "location_id": shelf.replace("%d", "0"), "date": later})
    _copy_rows(cr, "stock_move", reserved.id, series, {
        "id": "nextval('stock_move_id_seq')", "product_id": "p.id", "location_id": shelf.replace("%d", "3"), "date": later, "state": "'confirmed'",
        "quantity": "0", "product_qty": "1 + p.id % 3", "product_uom_qty": "1 + p.id % 3"})
    places = {"location_dest_id": shelf.replace("%d", "6"), "location_final_id": shelf.replace("%d", "6")}
    _copy_rows(cr, "stock_move", receipt.id, series, {
        "id": "nextval('stock_move_id_seq')", "product_id": "p.id", "date": later, "product_qty": "10", "product_uom_qty": "10", **places})
    cr.execute("""
        INSERT INTO stock_move_line SELECT (jsonb_populate_record(t, jsonb_build_object(
                   'id', nextval('stock_move_line_id_seq'), 'move_id', m.id, 'product_id', m.product_id, 'location_id', m.location_id))).*
          FROM stock_move_line t, stock_move m
         WHERE t.move_id = %s AND m.state = 'assigned' AND m.product_id >= %s AND m.location_dest_id = %s""",
               [reserved.id, first, reserved.location_dest_id.id])


def ensure(template_db, products, seed):
    """The database's name; made when it is not there, and older ones of this workload are dropped."""
    wanted = name(template_db, products, seed)
    there = postgres.databases()
    if wanted in there:
        return wanted
    for old in sorted(there):
        if old.startswith(("building_" + PREFIX, PREFIX)) and _products_of(old) in (products, None):
            postgres.drop(old)
    building = f"building_{wanted}"
    postgres.drop(building)
    # no files: nothing here looks at attachments
    postgres.sql(f'CREATE DATABASE "{building}" TEMPLATE "{template_db}"')
    with in_process.registry_of(building) as registry:
        from odoo import api  # noqa: PLC0415

        with registry.cursor() as cr:
            env = api.Environment(cr, 1, {"tracking_disable": True})
            fill(env, products, seed)
            row.progress("the levels that are stored")
            levels.store(env, env.company.id, Shape.of(cr), STORED_AT_ONCE)
    postgres.sql("VACUUM ANALYZE", database=building)
    postgres.sql(f'ALTER DATABASE "{building}" RENAME TO "{wanted}"')
    return wanted


def _products_of(database):
    try:
        return int(postgres.sql("SELECT products FROM bench_shape", database=database)[0][0])
    except RuntimeError:
        return None

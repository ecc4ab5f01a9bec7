# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Reads the facts of some products from Odoo's tables into the columns that the engine takes.

All statements of one reading run through one cursor, which has to be one snapshot (REPEATABLE READ). Quantities
become whole millionths in SQL: supply is rounded down, reservations and demand up (ats-model M2). Noise of
binary fractions beyond the ninth decimal place is rounded away before that.
"""
from array import array
from dataclasses import dataclass, field

import ats_engine

from .fact_sources import STOCK_ONLY
from .places import PLACES_SQL

#: How the engine writes NULL.
NONE_SQL = f"({ats_engine.NONE})::bigint"

#: States of a stock move that is confirmed and neither done nor cancelled.
OPEN_STATES = ('waiting', 'confirmed', 'partially_available', 'assigned')


@dataclass
class Facts:
    """What the engine needs to know about some products of one company at one moment."""

    #: Tables of the engine: {table: {column: array}}.
    tables: dict
    #: The moment, in unix seconds of the database's clock.
    now: int
    #: {listing id: (channel id, product id)} of the listings to compute.
    listings: dict
    #: {product id: (code, message)} of the products that this version cannot compute.
    refused: dict = field(default_factory=dict)


def read(cr, company_id, product_ids, sources=STOCK_ONLY, listing_ids=None, with_rules=True):
    """Read the facts of products.

    :param cr: cursor on one snapshot
    :param int company_id: whose nodes, channels, listings and rules
    :param list product_ids: the products; those not tracked in stock are left out
    :param FactSources sources: what other modules know (ats.refresh._fact_sources)
    :param listing_ids: only these listings, or None for all active ones of the products
    :param with_rules: False leaves out rules
    :return: Facts
    """
    cr.execute("SELECT extract(epoch FROM clock_timestamp())::bigint")
    facts = Facts(tables={}, now=cr.fetchone()[0], listings={})
    facts.refused = _kits(cr, company_id, product_ids)
    wanted = [product for product in product_ids if product not in facts.refused]
    tables = facts.tables
    tables['products'] = products = _products(cr, wanted)
    tracked = list(products['id'])
    tables['nodes'] = _columns(cr, ['id'], "SELECT id FROM ats_node WHERE company_id = %s AND active", [company_id])
    tables['channels'] = _channels(cr, company_id)
    tables['listings'] = listings = _listings(cr, company_id, tracked, listing_ids)
    facts.listings = {
        listing: (channel, product)
        for listing, channel, product in zip(listings['id'], listings['channel'], listings['product'], strict=True)
    }
    places = _places(cr, company_id, tracked)
    tables['locations'] = places
    tables['supply'] = _supply(cr, tracked, places, sources)
    tables['demand'] = _demand(cr, tracked, places)
    tables['rules'] = _rules(cr, company_id, tracked) if with_rules else {}
    return facts


def offer_everything(facts, channel_id):
    """Replace the listings of facts by one of each product on one channel, told by node and with nothing held back.

    The listings' ids are the products' own. Used to ask what each node could ship.
    """
    products = facts.tables['products']['id']
    rows = len(products)
    facts.tables['listings'] = {
        'id': products, 'channel': array('q', [channel_id] * rows), 'product': products}
    channels = facts.tables['channels']
    channels['per_node'] = array('b', [1] * len(channels['id']))
    channels['share_percent'] = array('q', [100 * 1000000] * len(channels['id']))
    facts.listings = {product: (channel_id, product) for product in products}


def _columns(cr, names, query, parameters):
    """Run a query and return its columns as arrays of int64, NULL as the engine's NONE."""
    picks = ", ".join(f"array_agg(COALESCE(r.\"{name}\"::bigint, {NONE_SQL}))" for name in names)
    cr.execute(f"SELECT {picks} FROM ({query}) r", parameters)
    return {name: array('q', values or ()) for name, values in zip(names, cr.fetchone(), strict=True)}


def _millionths(expression, rounding):
    return f"{rounding}(round(({expression})::numeric, 9) * 1000000)::bigint"


def _kits(cr, company_id, product_ids):
    """Products that are kits (phantom bills of materials), where Odoo's manufacturing is installed."""
    cr.execute("SELECT to_regclass('mrp_bom')")
    if cr.fetchone()[0] is None:
        return {}
    cr.execute("""
        SELECT p.id FROM product_product p
         WHERE p.id = ANY(%s) AND EXISTS (
               SELECT 1 FROM mrp_bom b
                WHERE b.type = 'phantom' AND b.active AND (b.company_id IS NULL OR b.company_id = %s)
                  AND (b.product_id = p.id OR (b.product_id IS NULL AND b.product_tmpl_id = p.product_tmpl_id)))
    """, [product_ids, company_id])
    message = "The product is a kit; this version cannot compute kits yet. List its components instead."
    return {product: ('unsupported_kit', message) for product, in cr.fetchall()}


def _products(cr, product_ids):
    """Storable products that are not archived, with their selling precision and categories, nearest first."""
    cr.execute("""
        SELECT p.id, COALESCE(u.decimals, 0), c.parent_path
          FROM product_product p
          JOIN product_template t ON t.id = p.product_tmpl_id
          LEFT JOIN ats_uom u ON u.uom_id = t.uom_id
          LEFT JOIN product_category c ON c.id = t.categ_id
         WHERE p.id = ANY(%s) AND p.active AND t.is_storable ORDER BY p.id""", [product_ids])
    columns = {'id': array('q'), 'decimals': array('q'), 'storable': array('b'),
               'category_offsets': array('q', [0]), 'categories': array('q')}
    for product, decimals, path in cr.fetchall():
        columns['id'].append(product)
        columns['decimals'].append(decimals)
        columns['storable'].append(1)
        columns['categories'].extend(int(category) for category in reversed((path or "").split('/')) if category)
        columns['category_offsets'].append(len(columns['categories']))
    return columns


def _channels(cr, company_id):
    """Active channels with their sourcing sets in order and their owners."""
    cr.execute("""
        SELECT c.id, c.per_node, (c.share_percent * 1000000)::bigint,
               ARRAY(SELECT s.node_id FROM ats_channel_source s JOIN ats_node n ON n.id = s.node_id AND n.active
                      WHERE s.channel_id = c.id ORDER BY s.sequence, s.id),
               ARRAY(SELECT o.partner_id FROM ats_channel_owner_rel o WHERE o.channel_id = c.id ORDER BY 1)
          FROM ats_channel c WHERE c.company_id = %s AND c.active ORDER BY c.id""", [company_id])
    columns = {'id': array('q'), 'per_node': array('b'), 'share_percent': array('q'),
               'node_offsets': array('q', [0]), 'nodes': array('q'),
               'owner_offsets': array('q', [0]), 'owners': array('q')}
    for channel, per_node, share, nodes, owners in cr.fetchall():
        columns['id'].append(channel)
        columns['per_node'].append(1 if per_node else 0)
        columns['share_percent'].append(share)
        columns['nodes'].extend(nodes)
        columns['node_offsets'].append(len(columns['nodes']))
        columns['owners'].extend(owners)
        columns['owner_offsets'].append(len(columns['owners']))
    return columns


def _listings(cr, company_id, product_ids, listing_ids):
    """Active listings of these products on active channels."""
    return _columns(cr, ['id', 'channel', 'product', 'unit', 'override_quantity', 'override_until', 'blocked'], f"""
        SELECT l.id, l.channel_id AS channel, l.product_id AS product, {_millionths('l.unit', 'round')} AS unit,
               CASE WHEN l.has_override THEN {_millionths('COALESCE(l.override_quantity, 0)', 'floor')} END
                    AS override_quantity,
               CASE WHEN l.has_override THEN floor(extract(epoch FROM l.override_until)) END AS override_until,
               COALESCE(l.blocked, FALSE)::int AS blocked
          FROM ats_listing l JOIN ats_channel c ON c.id = l.channel_id AND c.active
         WHERE l.active AND l.company_id = %(company)s AND l.product_id = ANY(%(products)s)
           AND (%(listings)s::int[] IS NULL OR l.id = ANY(%(listings)s::int[]))
         ORDER BY l.id""", {'company': company_id, 'products': product_ids, 'listings': listing_ids})


def _places(cr, company_id, product_ids):
    """The locations inside nodes where these products lie or from and to which they are to move."""
    return _columns(cr, ['id', 'node', 'sellable'], f"""
        WITH used AS (
            SELECT location_id AS id FROM stock_quant WHERE product_id = ANY(%(products)s)
            UNION SELECT location_id FROM stock_move WHERE product_id = ANY(%(products)s) AND state = ANY(%(open)s)
            UNION SELECT location_dest_id FROM stock_move WHERE product_id = ANY(%(products)s) AND state = ANY(%(open)s)
        )
        SELECT s.location_id AS id, s.node_id AS node, s.sellable::int AS sellable
          FROM ({PLACES_SQL} AND l.id IN (SELECT id FROM used)) s
         WHERE s.company_id = %(company)s
         ORDER BY s.location_id""",
                    {'products': product_ids, 'open': list(OPEN_STATES), 'company': company_id})


def _supply(cr, product_ids, places, sources):
    """Quants, added up by what the engine tells apart. Reservations that were written off are never below zero."""
    return _columns(cr, ['product', 'location', 'quantity', 'reserved', 'expires', 'owner', 'blocked'], f"""
        WITH quant AS (
            SELECT q.product_id, q.location_id, q.owner_id, q.quantity, q.reserved_quantity,
                   {sources.expires} AS expires, {sources.lot_blocked} AS blocked
              FROM stock_quant q {sources.expires_joins}
             WHERE q.product_id = ANY(%(products)s) AND q.location_id = ANY(%(places)s)
        )
        SELECT q.product_id AS product, q.location_id AS location,
               {_millionths('sum(q.quantity)', 'floor')} AS quantity,
               {_millionths('greatest(sum(q.reserved_quantity), 0)', 'ceil')} AS reserved,
               floor(extract(epoch FROM q.expires)) AS expires, q.owner_id AS owner, q.blocked::int AS blocked
          FROM quant q
         GROUP BY q.product_id, q.location_id, q.expires, q.owner_id, q.blocked
        HAVING sum(q.quantity) <> 0 OR sum(q.reserved_quantity) <> 0
         ORDER BY 1, 2, 5, 6, 7""", {'products': product_ids, 'places': list(places['id'])})


def _demand(cr, product_ids, places):
    """The unreserved part of open moves out of sellable stock.

    A move counts when it leaves a sellable location for one that is not a sellable one of the same node, whatever
    the reservation method of its operation type; what was moved to output already is not subtracted twice.
    """
    return _columns(cr, ['product', 'node', 'quantity'], f"""
        WITH place AS (
            SELECT * FROM unnest(%(ids)s::int[], %(nodes)s::int[], %(sellable)s::int[]) AS p(id, node, sellable)
        )
        SELECT m.product_id AS product, source.node,
               {_millionths('sum(greatest(m.product_qty - COALESCE(line.reserved, 0), 0))', 'ceil')} AS quantity
          FROM stock_move m
          JOIN place source ON source.id = m.location_id AND source.sellable = 1
          LEFT JOIN place dest ON dest.id = m.location_dest_id
          LEFT JOIN LATERAL (
               SELECT sum(l.quantity_product_uom) AS reserved FROM stock_move_line l
                WHERE l.move_id = m.id AND l.state IS DISTINCT FROM 'done') line ON TRUE
         WHERE m.product_id = ANY(%(products)s) AND m.state = ANY(%(open)s)
           AND NOT COALESCE(dest.sellable = 1 AND dest.node = source.node, FALSE)
         GROUP BY m.product_id, source.node
        HAVING sum(greatest(m.product_qty - COALESCE(line.reserved, 0), 0)) > 0
         ORDER BY 1, 2""", {
             'products': product_ids, 'open': list(OPEN_STATES), 'ids': list(places['id']),
             'nodes': list(places['node']), 'sellable': list(places['sellable'])})


def _rules(cr, company_id, product_ids):
    """Active rules that may win for one of these products, now or later."""
    kinds = ", ".join(f"('{kind}', {index})" for index, kind in enumerate(ats_engine.RULE_KINDS))
    return _columns(cr, ['id', 'kind', 'product', 'category', 'node', 'channel', 'fixed', 'percent', 'from', 'until',
                         'sequence'], f"""
        SELECT r.id, k.index AS kind, r.product_id AS product, r.category_id AS category, r.node_id AS node,
               r.channel_id AS channel,
               CASE WHEN r.amount_type = 'fixed' THEN {_millionths('COALESCE(r.fixed, 0)', 'round')} END AS fixed,
               CASE WHEN r.amount_type = 'percent' THEN {_millionths('COALESCE(r.percent, 0)', 'round')} END AS percent,
               floor(extract(epoch FROM r.date_from)) AS "from", floor(extract(epoch FROM r.date_until)) AS until,
               COALESCE(r.sequence, 10) AS sequence
          FROM ats_rule r
          JOIN (VALUES {kinds}) AS k(name, index) ON k.name = r.kind
          LEFT JOIN ats_node n ON n.id = r.node_id
          LEFT JOIN ats_channel c ON c.id = r.channel_id
         WHERE r.company_id = %(company)s AND r.active
           AND (r.product_id IS NULL OR r.product_id = ANY(%(products)s))
           AND (r.node_id IS NULL OR n.active) AND (r.channel_id IS NULL OR c.active)
           AND (r.date_until IS NULL OR r.date_until > clock_timestamp() AT TIME ZONE 'UTC')
         ORDER BY r.id""", {'company': company_id, 'products': product_ids})

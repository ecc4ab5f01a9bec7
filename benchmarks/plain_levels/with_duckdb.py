# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""DuckDB: the same in SQL, on all cores, over tables of its own in memory."""

import duckdb

from . import shop as shops

LEVELS = """
WITH named AS (
    SELECT kind, COALESCE(node, channel) AS target, fixed, percent FROM rules WHERE COALESCE(node, channel) IS NOT NULL
), general AS (
    SELECT kind, fixed, percent FROM rules WHERE COALESCE(node, channel) IS NULL
), winners AS (
    SELECT k.kind, t.target,
           CASE WHEN n.kind IS NULL THEN g.fixed ELSE n.fixed END AS fixed,
           CASE WHEN n.kind IS NULL THEN g.percent ELSE n.percent END AS percent
      FROM (SELECT DISTINCT kind FROM rules) k
      JOIN (SELECT DISTINCT node AS target, TRUE AS is_node FROM sources
            UNION ALL SELECT DISTINCT channel, FALSE FROM sources) t ON t.is_node = (k.kind = 'node_buffer')
      LEFT JOIN named n ON n.kind = k.kind AND n.target = t.target
      LEFT JOIN general g ON g.kind = k.kind
), bases AS (
    SELECT s.product, l.node, greatest(sum(s.quantity - s.reserved)::bigint, 0) AS base
      FROM supply s JOIN locations l USING (location) WHERE l.sellable GROUP BY ALL
), free AS (
    SELECT b.product, b.node,
           b.base - least(b.base, COALESCE(((b.base * w.percent + 99999999) // 100000000 + 999999) // 1000000 * 1000000, w.fixed, 0)) AS free
      FROM bases b LEFT JOIN winners w ON w.kind = 'node_buffer' AND w.target = b.node
), pools AS (
    SELECT f.product, s.channel, sum(f.free)::bigint AS x FROM free f JOIN sources s USING (node) GROUP BY ALL
), buffered AS (
    SELECT l.listing, l.channel, COALESCE(p.x, 0) AS x,
           least(COALESCE(p.x, 0), COALESCE(
               ((COALESCE(p.x, 0) * w.percent + 99999999) // 100000000 + 999999) // 1000000 * 1000000, w.fixed, 0)) AS buffer
      FROM listings l LEFT JOIN pools p USING (product, channel)
      LEFT JOIN winners w ON w.kind = 'channel_buffer' AND w.target = l.channel
), rounded AS (
    SELECT listing, channel, (x - buffer) // 1000000 * 1000000 AS x FROM buffered
)
SELECT least(CASE WHEN r.x <= stop.fixed THEN 0 ELSE r.x END, cap.fixed)::bigint AS x
  FROM rounded r
  LEFT JOIN winners stop ON stop.kind = 'stop_sell' AND stop.target = r.channel
  LEFT JOIN winners cap ON cap.kind = 'cap' AND cap.target = r.channel
 ORDER BY r.listing
"""


def prepare(shop):
    """A database in memory with the shop's tables, loaded."""
    database = duckdb.connect(":memory:")
    tables = {
        "locations": {"location": shop.location_id, "node": shop.location_node, "sellable": shop.location_sellable == 1},
        "supply": {"product": shop.supply_product, "location": shop.supply_location, "quantity": shop.supply_quantity,
                   "reserved": shop.supply_reserved},
        "sources": {"channel": shop.source_channel, "node": shop.source_node},
        "listings": {"listing": shop.listing_id, "product": shop.listing_product, "channel": shop.listing_channel},
    }
    for name in tables:
        columns = tables[name]  # noqa: F841 - a dict of numpy arrays, which DuckDB finds by this name
        database.execute(f"CREATE TABLE {name} AS SELECT * FROM columns")
    database.execute("CREATE TABLE rules (kind VARCHAR, node BIGINT, channel BIGINT, fixed BIGINT, percent BIGINT)")
    database.executemany("INSERT INTO rules VALUES (?, ?, ?, ?, ?)",
                         [[None if value == shops.NONE else value for value in rule] for rule in shops.RULES])
    return database


def levels(database):
    """Quantities in listing order, in millionths."""
    return database.execute(LEVELS).fetchnumpy()["x"]

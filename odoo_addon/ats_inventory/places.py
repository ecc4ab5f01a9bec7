# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Which node a location belongs to, and whether what lies there can be sold.

A node is the tree of locations below its root: the view location of its warehouse, or the location it names. Of two
roots above a location the nearer one wins, so a tree that is a node of its own is carved out of the warehouse around
it. An archived node keeps its tree: nothing there is sold until the node comes back or is deleted.
"""

#: Root of each node, archived ones too: (node_id, company_id, active, root_id).
NODE_ROOTS_SQL = """
    SELECT n.id AS node_id, n.company_id, n.active, COALESCE(n.location_id, w.view_location_id) AS root_id
      FROM ats_node n LEFT JOIN stock_warehouse w ON w.id = n.warehouse_id"""

#: See places_sql().
#:
#: Only an internal location that is not archived can be sellable. The choice (ats.location) of the location itself or
#: of its nearest parent with one wins. Without any, stock is sellable unless it lies in its warehouse's input, quality
#: control, packing, output or what other modules name; such a special location does not count where it holds the
#: warehouse's main stock location (some set-ups of one step have it so) or lies around the node's root (a node made
#: inside it is meant to ship). Nothing of another company is inside a node; a location of no company belongs to the node's.
_PLACES_SQL = f"""
    SELECT l.id AS location_id, node.node_id, node.company_id,
           l.usage = 'internal' AND COALESCE(l.active, FALSE)
               AND COALESCE(choice.sellable, special.reason IS NULL) AS sellable,
           CASE WHEN l.usage = 'transit' THEN 'transit'
                WHEN l.active IS NOT TRUE THEN 'archived'
                WHEN choice.sellable AND l.usage = 'internal' THEN 'chosen'
                WHEN NOT choice.sellable THEN 'refused'
                WHEN special.reason IS NOT NULL THEN special.reason
                ELSE CASE l.usage WHEN 'view' THEN 'view' ELSE 'stock' END END AS reason
      FROM stock_location l
      JOIN LATERAL (
           SELECT r.node_id, r.company_id, r.active, step.depth
             FROM unnest(string_to_array(rtrim(l.parent_path, '/'), '/')::int[]) WITH ORDINALITY AS step(id, depth)
             JOIN ({NODE_ROOTS_SQL}) r ON r.root_id = step.id
            ORDER BY step.depth DESC LIMIT 1) node ON node.active
      LEFT JOIN LATERAL (
           SELECT c.sellable
             FROM unnest(string_to_array(rtrim(l.parent_path, '/'), '/')::int[]) WITH ORDINALITY AS step(id, depth)
             JOIN ats_location c ON c.location_id = step.id
            ORDER BY step.depth DESC LIMIT 1) choice ON TRUE
      LEFT JOIN LATERAL (
           SELECT s.reason
             FROM unnest(string_to_array(rtrim(l.parent_path, '/'), '/')::int[]) WITH ORDINALITY AS step(id, depth)
             JOIN stock_warehouse w ON w.id = l.warehouse_id
             JOIN stock_location main ON main.id = w.lot_stock_id
             JOIN LATERAL (VALUES (w.wh_input_stock_loc_id, 'input'), (w.wh_qc_stock_loc_id, 'quality'),
                                  (w.wh_pack_stock_loc_id, 'packing'), (w.wh_output_stock_loc_id, 'output')@more@
                          ) AS s(id, reason) ON s.id = step.id
            WHERE step.depth >= node.depth
              AND step.id <> ALL (string_to_array(rtrim(main.parent_path, '/'), '/')::int[])
            ORDER BY step.depth DESC LIMIT 1) special ON TRUE
     WHERE l.usage IN ('internal', 'transit', 'view')
       AND (l.company_id IS NULL OR l.company_id = node.company_id)"""

#: Why stock of a place can be sold (`stock`, `chosen`) or cannot: `refused` by choice, in a special location of its
#: warehouse (`input`, `quality`, `packing`, `output`, or what another module names), in `transit`, or in an
#: `archived` location. A `view` holds no stock itself, but a transfer out of it takes from sellable places below it.
PLACE_REASONS = ('stock', 'chosen', 'refused', 'input', 'quality', 'packing', 'output', 'transit', 'archived', 'view')


def places_sql(special_locations=()):
    """Query of every location inside an active node: (location_id, node_id, company_id, sellable, reason).

    The text has no parameters and no percent sign, and ends with a condition that others may be added to. `reason` is one
    of PLACE_REASONS or of the reasons given.

    :param special_locations: as FactSources.special_locations
    """
    return _PLACES_SQL.replace('@more@', ''.join(f", (w.{column}, '{reason}')" for column, reason in special_locations))

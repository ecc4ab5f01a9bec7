# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What the triggers of this module do and when; how they come and go is told in triggers.py."""

OPEN_STATES = "('waiting', 'confirmed', 'partially_available', 'assigned')"


def _node_of(path, column='id'):
    """A column of the node around a location by its path: the nearest root, as in places.py, archived nodes too."""
    return f"""(
        SELECT n.{column} FROM ats_node n LEFT JOIN stock_warehouse w ON w.id = n.warehouse_id
          JOIN stock_location root ON root.id = COALESCE(n.location_id, w.view_location_id)
         WHERE starts_with({path}, root.parent_path) ORDER BY length(root.parent_path) DESC LIMIT 1)"""


def _company_at(row):
    """The company for which the quant `row` counts: its own, its warehouse's, or that of the node around it."""
    return f"""COALESCE({row}.company_id, (
            SELECT w.company_id FROM stock_location l JOIN stock_warehouse w ON w.id = l.warehouse_id
             WHERE l.id = {row}.location_id), (
            SELECT {_node_of('l.parent_path', 'company_id')} FROM stock_location l WHERE l.id = {row}.location_id))"""


#: Trigger functions. They only insert, into tables without foreign keys, so they cannot fail or block their caller.
FUNCTIONS = {
    'ats_mark_quant': f"""
DECLARE
    company integer;
BEGIN
    -- A quant has no company where its location has none; that of its warehouse or node counts.
    IF TG_OP <> 'INSERT' THEN
        company := {_company_at('OLD')};
        IF company IS NOT NULL THEN
            INSERT INTO ats_mark (company_id, product_id, lane, txid, created)
            VALUES (company, OLD.product_id, 0, txid_current(), clock_timestamp() AT TIME ZONE 'UTC');
        END IF;
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND (
            OLD.product_id <> NEW.product_id OR OLD.company_id IS DISTINCT FROM NEW.company_id
            OR OLD.location_id <> NEW.location_id)) THEN
        company := {_company_at('NEW')};
        IF company IS NOT NULL THEN
            INSERT INTO ats_mark (company_id, product_id, lane, txid, created)
            VALUES (company, NEW.product_id, 0, txid_current(), clock_timestamp() AT TIME ZONE 'UTC');
        END IF;
    END IF;
    RETURN NULL;
END""",
    'ats_mark_move': """
DECLARE
    moment timestamp := clock_timestamp() AT TIME ZONE 'UTC';
    old_state varchar := 'draft';
    old_quantity numeric := 0;
    per_unit numeric;
    source_usage varchar; source_path varchar; source_node integer;
    dest_usage varchar; dest_path varchar; dest_node integer;
    happened varchar;
    amount numeric;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF TG_OP = 'DELETE' OR OLD.product_id <> NEW.product_id OR OLD.company_id <> NEW.company_id THEN
            INSERT INTO ats_mark (company_id, product_id, lane, txid, created)
            VALUES (OLD.company_id, OLD.product_id, 0, txid_current(), moment);
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN NULL;
        END IF;
        old_state := COALESCE(OLD.state, 'draft');
        old_quantity := COALESCE(OLD.quantity, 0);
    END IF;
    INSERT INTO ats_mark (company_id, product_id, lane, txid, created)
    VALUES (NEW.company_id, NEW.product_id, 0, txid_current(), moment);

    IF old_state = NEW.state AND old_quantity = COALESCE(NEW.quantity, 0) THEN
        RETURN NULL;
    END IF;
    SELECT usage, parent_path INTO source_usage, source_path FROM stock_location WHERE id = NEW.location_id;
    SELECT usage, parent_path INTO dest_usage, dest_path FROM stock_location WHERE id = NEW.location_dest_id;
    source_node := @NODE_OF@source_path@;
    dest_node := @NODE_OF@dest_path@;
    per_unit := COALESCE(NEW.product_qty / NULLIF(NEW.product_uom_qty, 0), 1);

    IF NEW.state = 'done' AND old_state <> 'done' THEN
        happened := CASE
            WHEN dest_usage = 'inventory' AND NEW.scrap_id IS NOT NULL THEN 'scrap'
            WHEN source_usage = 'inventory' OR dest_usage = 'inventory' THEN 'adjustment'
            WHEN source_usage = 'customer' THEN 'return'
            WHEN source_usage = 'supplier' AND dest_usage <> 'customer' THEN 'receipt'
            WHEN dest_usage = 'customer' OR dest_usage = 'supplier' THEN 'shipment'
            WHEN source_usage = 'production' THEN 'production'
            WHEN dest_usage = 'production' THEN 'consumption'
            ELSE 'transfer' END;
        amount := COALESCE(NEW.quantity, 0) * per_unit;
    ELSIF NEW.state = 'cancel' AND old_state NOT IN ('cancel', 'draft') THEN
        happened := 'cancellation';
        amount := NEW.product_qty;
    ELSIF NEW.state IN @OPEN_STATES@ AND old_state = 'draft' AND source_usage IN ('internal', 'transit')
            AND dest_usage <> 'inventory' THEN
        happened := 'demand';
        amount := NEW.product_qty;
    END IF;
    IF happened IS NOT NULL THEN
        INSERT INTO ats_event (company_id, product_id, kind, quantity, move_id, node_id, user_id, txid, occurred_at)
        VALUES (NEW.company_id, NEW.product_id, happened, round(amount, 6), NEW.id,
                COALESCE(CASE WHEN happened IN ('receipt', 'return', 'production') THEN dest_node ELSE source_node END,
                         source_node, dest_node),
                NEW.write_uid, txid_current(), moment)
        ON CONFLICT (txid, move_id, kind) WHERE move_id IS NOT NULL DO NOTHING;
    END IF;
    IF NEW.state IN @OPEN_STATES@ AND source_usage IN ('internal', 'transit') AND dest_usage <> 'inventory'
            AND COALESCE(NEW.quantity, 0) <> old_quantity THEN
        -- The conflicting row can only be our own: the transaction is part of the key.
        INSERT INTO ats_event (company_id, product_id, kind, quantity, move_id, node_id, user_id, txid, occurred_at)
        VALUES (NEW.company_id, NEW.product_id,
                CASE WHEN COALESCE(NEW.quantity, 0) > old_quantity THEN 'reservation' ELSE 'unreservation' END,
                round(abs(COALESCE(NEW.quantity, 0) - old_quantity) * per_unit, 6), NEW.id,
                source_node,
                NEW.write_uid, txid_current(), moment)
        ON CONFLICT (txid, move_id, kind) WHERE move_id IS NOT NULL DO NOTHING;
    END IF;
    RETURN NULL;
END""".replace('@OPEN_STATES@', OPEN_STATES)
       .replace('@NODE_OF@source_path@', _node_of('source_path')).replace('@NODE_OF@dest_path@', _node_of('dest_path')),
    # A link between moves decides how much of a chain is demand of its own.
    'ats_mark_move_chain': f"""
DECLARE
    link stock_move_move_rel%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN link := OLD; ELSE link := NEW; END IF;
    INSERT INTO ats_mark (company_id, product_id, lane, txid, created)
    SELECT DISTINCT m.company_id, m.product_id, 0, txid_current(), clock_timestamp() AT TIME ZONE 'UTC'
      FROM stock_move m WHERE m.id IN (link.move_orig_id, link.move_dest_id) AND m.state IN {OPEN_STATES};
    RETURN NULL;
END""",
    # One mark for a whole tree that moved or was archived: the scope of its top reaches what is below.
    'ats_mark_location': """
BEGIN
    WITH changed AS (
        SELECT n.id, n.parent_path FROM new_rows n JOIN old_rows o ON o.id = n.id
         WHERE (o.usage, o.active, o.company_id, o.warehouse_id, o.parent_path)
               IS DISTINCT FROM (n.usage, n.active, n.company_id, n.warehouse_id, n.parent_path)
    )
    INSERT INTO ats_scope_mark (location_id, cursor, created)
    SELECT c.id, 0, clock_timestamp() AT TIME ZONE 'UTC' FROM changed c
     WHERE NOT EXISTS (
           SELECT 1 FROM unnest(string_to_array(rtrim(c.parent_path, '/'), '/')::int[]) AS above(id)
             JOIN changed top ON top.id = above.id
            WHERE above.id <> c.id);
    RETURN NULL;
END""",
}

#: Columns of a quant that a level depends on.
QUANT_COLUMNS = ('quantity', 'reserved_quantity', 'location_id', 'product_id', 'lot_id', 'owner_id', 'company_id')
MOVE_COLUMNS = ('state', 'product_qty', 'quantity', 'location_id', 'location_dest_id', 'location_final_id', 'product_id', 'company_id',
                'date')


def changed(columns):
    """The condition that an UPDATE changed one of these columns."""
    return "(" + " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns) + ")"


_BECAME_DONE = "NEW.state = 'done' AND OLD.state IS DISTINCT FROM 'done'"
_TOUCHES_DEMAND = f"(OLD.state IN {OPEN_STATES} OR NEW.state IN {OPEN_STATES} OR {_BECAME_DONE})"

#: (table, name, when, guard, function)
TRIGGERS = (
    ('stock_quant', 'ats_mark_quant_change', "INSERT OR DELETE", "", 'ats_mark_quant'),
    ('stock_quant', 'ats_mark_quant_update', "UPDATE", f"WHEN ({changed(QUANT_COLUMNS)})", 'ats_mark_quant'),
    ('stock_move', 'ats_mark_move_insert', "INSERT",
     f"WHEN (NEW.state IN {OPEN_STATES} OR NEW.state = 'done')", 'ats_mark_move'),
    ('stock_move', 'ats_mark_move_update', "UPDATE", f"WHEN ({_TOUCHES_DEMAND} AND {changed(MOVE_COLUMNS)})", 'ats_mark_move'),
    ('stock_move', 'ats_mark_move_delete', "DELETE", f"WHEN (OLD.state IN {OPEN_STATES})", 'ats_mark_move'),
    ('stock_move_move_rel', 'ats_mark_move_chain_change', "INSERT OR DELETE", "", 'ats_mark_move_chain'),
    ('stock_location', 'ats_mark_location_update', "UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows", 'ats_mark_location'),
)

# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What marks products when a bill of materials changes.

A change of a kit's definition is felt by the kit, by the kits that contain it (the refresh finds those itself when it
takes a mark up), and by everything below it: promises made on the kit are promises of its components. So the kit and all
products below are marked, through every bill of a kit, archived ones too: which of them holds now, or held before, the
refresh finds out. A bill of no company marks in every company that has a node.
"""
from odoo.addons.ats_inventory.triggers import TriggerSet, changed

#: Variants marked through the fast lane; of a template with more, they wait their turn.
FAST_VARIANTS_MAX = 20

#: Marks the rows of `seed` (product_id, company_id or NULL) and all products below them. UNION ends at a cycle.
_MARK_SEED_SQL = f"""
    INSERT INTO ats_mark (company_id, product_id, lane, txid, created)
    WITH RECURSIVE seed AS (@seed@), below AS (
        SELECT product_id, company_id FROM seed WHERE product_id IS NOT NULL
        UNION
        SELECT l.product_id, below.company_id
          FROM below
          JOIN product_product p ON p.id = below.product_id
          JOIN mrp_bom b ON b.type = 'phantom' AND (
               b.product_id = p.id OR (b.product_id IS NULL AND b.product_tmpl_id = p.product_tmpl_id))
          JOIN mrp_bom_line l ON l.bom_id = b.id
    ), wide AS (SELECT count(*) > {FAST_VARIANTS_MAX} AS many FROM seed)
    SELECT c.company_id, below.product_id, CASE WHEN wide.many THEN 2 ELSE 0 END, txid_current(),
           clock_timestamp() AT TIME ZONE 'UTC'
      FROM below CROSS JOIN wide
      JOIN (SELECT DISTINCT company_id FROM ats_node) c ON below.company_id IS NULL OR below.company_id = c.company_id;"""


def _mark(seed):
    return _MARK_SEED_SQL.replace('@seed@', seed)


#: The variants that the bill `{0}` is for.
_VARIANTS_SQL = """
    SELECT p.id AS product_id, {0}.company_id
      FROM product_product p
     WHERE p.product_tmpl_id = {0}.product_tmpl_id AND ({0}.product_id IS NULL OR p.id = {0}.product_id)"""

#: Those, and what the bill's lines name: its type may no longer be that of a kit.
_BILL_SQL = _VARIANTS_SQL + " UNION ALL SELECT l.product_id, {0}.company_id FROM mrp_bom_line l WHERE l.bom_id = {0}.id"

_FUNCTIONS = {
    'ats_mark_bom': f"""
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.type = 'phantom' THEN
        {_mark(_BILL_SQL.format('OLD'))}
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.type = 'phantom' THEN
        {_mark(_BILL_SQL.format('NEW'))}
    END IF;
    RETURN NULL;
END""",
    # A line deleted together with its bill finds no bill any more: the bill's own trigger marks the kit.
    'ats_mark_bom_line': f"""
DECLARE
    bill mrp_bom%ROWTYPE;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT * INTO bill FROM mrp_bom WHERE id = OLD.bom_id;
        IF NOT FOUND OR bill.type = 'phantom' THEN
            {_mark("SELECT OLD.product_id, COALESCE(bill.company_id, OLD.company_id) AS company_id UNION ALL "
                   + _VARIANTS_SQL.format('bill'))}
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT * INTO bill FROM mrp_bom WHERE id = NEW.bom_id;
        IF bill.type = 'phantom' THEN
            {_mark("SELECT NEW.product_id, bill.company_id UNION ALL " + _VARIANTS_SQL.format('bill'))}
        END IF;
    END IF;
    RETURN NULL;
END""",
    'ats_mark_bom_line_variant': f"""
DECLARE
    bill mrp_bom%ROWTYPE;
BEGIN
    SELECT b.* INTO bill FROM mrp_bom_line l JOIN mrp_bom b ON b.id = l.bom_id
     WHERE l.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.mrp_bom_line_id ELSE NEW.mrp_bom_line_id END;
    IF bill.type = 'phantom' THEN
        {_mark(_VARIANTS_SQL.format('bill'))}
    END IF;
    RETURN NULL;
END""",
    'ats_mark_kit_variant': f"""
DECLARE
    variant integer := CASE WHEN TG_OP = 'DELETE' THEN OLD.product_product_id ELSE NEW.product_product_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM product_product p JOIN mrp_bom b ON b.product_tmpl_id = p.product_tmpl_id
                WHERE p.id = variant AND b.type = 'phantom') THEN
        {_mark("SELECT variant AS product_id, NULL::integer AS company_id")}
    END IF;
    RETURN NULL;
END""",
    'ats_mark_kit_template': f"""
BEGIN
    IF EXISTS (SELECT 1 FROM mrp_bom b WHERE b.product_tmpl_id = NEW.id AND b.type = 'phantom') THEN
        {_mark("SELECT p.id AS product_id, NULL::integer AS company_id FROM product_product p WHERE p.product_tmpl_id = NEW.id")}
    END IF;
    RETURN NULL;
END""",
    # Kits whose bill uses the unit; the products that are kept in it are marked by the inventory's own trigger.
    'ats_mark_kit_unit': f"""
BEGIN
    {_mark('''
        SELECT p.id AS product_id, b.company_id
          FROM mrp_bom b
          JOIN product_product p ON p.product_tmpl_id = b.product_tmpl_id AND (b.product_id IS NULL OR p.id = b.product_id)
         WHERE b.type = 'phantom' AND (b.product_uom_id = NEW.id OR EXISTS (
               SELECT 1 FROM mrp_bom_line l
                 JOIN product_product c ON c.id = l.product_id JOIN product_template t ON t.id = c.product_tmpl_id
                WHERE l.bom_id = b.id AND NEW.id IN (l.product_uom_id, t.uom_id)))''')}
    RETURN NULL;
END""",
}

_BOM_COLUMNS = ('type', 'active', 'product_tmpl_id', 'product_id', 'product_qty', 'product_uom_id', 'sequence', 'company_id')
_LINE_COLUMNS = ('bom_id', 'product_id', 'product_qty', 'product_uom_id')

TRIGGER_SET = TriggerSet(functions=_FUNCTIONS, triggers=(
    ('mrp_bom', 'ats_mark_bom_change', "INSERT OR DELETE", "", 'ats_mark_bom'),
    ('mrp_bom', 'ats_mark_bom_update', "UPDATE", f"WHEN ({changed(_BOM_COLUMNS)})", 'ats_mark_bom'),
    ('mrp_bom_line', 'ats_mark_bom_line_change', "INSERT OR DELETE", "", 'ats_mark_bom_line'),
    ('mrp_bom_line', 'ats_mark_bom_line_update', "UPDATE", f"WHEN ({changed(_LINE_COLUMNS)})", 'ats_mark_bom_line'),
    ('mrp_bom_line_product_template_attribute_value_rel', 'ats_mark_bom_line_variant_change', "INSERT OR DELETE", "",
     'ats_mark_bom_line_variant'),
    ('product_variant_combination', 'ats_mark_kit_variant_change', "INSERT OR DELETE", "", 'ats_mark_kit_variant'),
    ('product_template', 'ats_mark_kit_template_update', "UPDATE OF type, uom_id",
     f"WHEN ({changed(('type', 'uom_id'))})", 'ats_mark_kit_template'),
    ('uom_uom', 'ats_mark_kit_unit_update', "UPDATE OF factor", f"WHEN ({changed(('factor',))})", 'ats_mark_kit_unit'),
))

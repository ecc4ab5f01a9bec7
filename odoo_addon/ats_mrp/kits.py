# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Which products are kits and what they are made of, read from Odoo's bills of materials.

A product is a kit when Odoo finds a bill of type *Kit* for it in its company (`mrp.bom._bom_find`): the first by
sequence, one that names the variant before one of its template, then the oldest. A line counts for a variant as in
`mrp.bom.line._skip_bom_line`; lines of quantity 0 are optional and left out, as Odoo does when it counts kits.
Components that are kits themselves stay what they are: the engine explodes them.

Three things are read otherwise than in Odoo, on purpose:
- Nothing is rounded. Odoo rounds the quantity of each line up to its precision of quantities, then the kits down.
- The bill's quantity is converted from its unit to the product's, as Odoo does for a transfer but not for `free_qty`.
- An operation type on a bill of a kit, which Odoo's form hides there, does not choose among nested kits: a product is a
  kit everywhere or nowhere.
"""

#: The factor of a unit of measure as the decimal that was meant: Odoo stores products of binary floats.
_FACTOR = "trim_scale({0}.factor::float8::numeric)"

#: The bill that makes the product `p` (of template `t`) a kit in company %(company)s: one row or none.
_BOM_SQL = """
    SELECT b.id, b.product_qty, b.product_uom_id
      FROM mrp_bom b
     WHERE (b.product_id = p.id OR (b.product_id IS NULL AND b.product_tmpl_id = t.id))
       AND b.type = 'phantom' AND b.active AND (b.company_id IS NULL OR b.company_id = %(company)s)
     ORDER BY b.sequence, b.product_id IS NULL, b.id LIMIT 1"""

#: Whether the line `l` is for the variant `p`: it is if, of each attribute that the line names, p has a value. Values
#: that make no variant are known to an order only, so a line that names one counts for no product.
_FOR_VARIANT_SQL = """
    NOT EXISTS (
        SELECT 1 FROM mrp_bom_line_product_template_attribute_value_rel named
          JOIN product_template_attribute_value v ON v.id = named.product_template_attribute_value_id
          JOIN product_attribute a ON a.id = v.attribute_id
          LEFT JOIN product_variant_combination own
            ON own.product_template_attribute_value_id = v.id AND own.product_product_id = p.id
         WHERE named.mrp_bom_line_id = l.id
        HAVING count(DISTINCT v.attribute_id) <> count(own.product_product_id) OR bool_or(a.create_variant = 'no_variant'))"""

#: From here on a number is beyond the engine's; such a kit is given divided, to be rounded by the reader.
_EXACT_BELOW = "1000000000000"

#: See FactSources.kits of ats_inventory. A kit of which no line counts has one row with no component and no quantity.
#:
#: Only the quotient of a line's quantity and the yields means something. Where a unit does not divide evenly (a component
#: kept by the dozen and used by the piece: 1/12) both are multiplied until they are whole, so that the quotient is exact.
#: In the reference units of Odoo, `raw` is the line's quantity and `made` the bill's; `per` and `own` are the factors of
#: the units in which the component and the kit are kept.
KITS_SQL = f"""
    SELECT p.id AS product_id, COALESCE(made.yields, bom.product_qty) AS yields, made.component_id, made.quantity
      FROM product_product p
      JOIN product_template t ON t.id = p.product_tmpl_id AND t.type <> 'service'
      JOIN LATERAL ({_BOM_SQL}) bom ON TRUE
      LEFT JOIN LATERAL (
        WITH RECURSIVE line AS MATERIALIZED (
            SELECT row_number() OVER (ORDER BY l.id) AS place, l.product_id AS component_id,
                   l.product_qty * {_FACTOR.format('lu')} AS raw, {_FACTOR.format('cu')} AS per,
                   bom.product_qty * {_FACTOR.format('bu')} AS made, {_FACTOR.format('ku')} AS own
              FROM mrp_bom_line l
              JOIN product_product c ON c.id = l.product_id
              JOIN product_template ct ON ct.id = c.product_tmpl_id
              JOIN uom_uom lu ON lu.id = l.product_uom_id
              JOIN uom_uom cu ON cu.id = ct.uom_id
              JOIN uom_uom bu ON bu.id = bom.product_uom_id
              JOIN uom_uom ku ON ku.id = t.uom_id
             WHERE l.bom_id = bom.id AND l.product_qty > 0 AND {_FOR_VARIANT_SQL}
        ), kind AS MATERIALIZED (
            SELECT bool_and(round(raw / per, 6) * per = raw AND round(made / own, 6) * own = made) AS even FROM line
        ), multiple AS (
            SELECT 1::bigint AS place, per AS value FROM line WHERE place = 1
            UNION ALL
            SELECT line.place, lcm(multiple.value, line.per) FROM multiple JOIN line ON line.place = multiple.place + 1
        ), whole AS MATERIALIZED (
            SELECT line.place, line.component_id, made * m.value AS yields, raw * own * div(m.value, per) AS quantity
              FROM line, (SELECT value FROM multiple ORDER BY place DESC LIMIT 1) m
        ), divisor AS (
            SELECT 1::bigint AS place, gcd(quantity, yields) AS value FROM whole WHERE place = 1
            UNION ALL
            SELECT whole.place, gcd(divisor.value, whole.quantity)
              FROM divisor JOIN whole ON whole.place = divisor.place + 1
        ), lifted AS MATERIALIZED (
            SELECT whole.component_id, div(yields, d.value) AS yields, div(quantity, d.value) AS quantity
              FROM whole, (SELECT value FROM divisor ORDER BY place DESC LIMIT 1) d
             WHERE NOT (SELECT even FROM kind)
        ), fits AS MATERIALIZED (
            SELECT COALESCE(bool_and(yields < {_EXACT_BELOW} AND quantity < {_EXACT_BELOW}), FALSE) AS exact FROM lifted
        )
        SELECT component_id, yields, quantity FROM lifted WHERE (SELECT exact FROM fits)
        UNION ALL
        SELECT component_id, made / own, raw / per FROM line WHERE NOT (SELECT exact FROM fits)
      ) made ON TRUE"""

#: Query of (component_id, kit_id): products that may be kits and contain the component directly, in any company. A kit
#: without lines has one row with no component. It may name too many, never too few, and is quick for some components.
KIT_USERS_SQL = """
    SELECT l.product_id AS component_id, b.product_id AS kit_id
      FROM mrp_bom b LEFT JOIN mrp_bom_line l ON l.bom_id = b.id
     WHERE b.product_id IS NOT NULL AND b.type = 'phantom' AND b.active
    UNION
    SELECT l.product_id, p.id
      FROM mrp_bom b
      JOIN product_product p ON p.product_tmpl_id = b.product_tmpl_id
      LEFT JOIN mrp_bom_line l ON l.bom_id = b.id
     WHERE b.product_id IS NULL AND b.type = 'phantom' AND b.active"""

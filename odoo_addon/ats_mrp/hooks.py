# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What happens when the module is uninstalled."""
from odoo.addons.ats_inventory import triggers
from odoo.addons.ats_inventory.const import LANE_SCOPE


def uninstall_hook(env):
    """Drop the triggers first, then mark what this module knew more about.

    Without it a kit is a product like any other, and what lies before or after production is for sale.
    """
    env.flush_all()
    # Ends the loading transaction, which only read so far, so that it does not stand in the way of the short ones.
    env.cr.commit()
    triggers.drop(env.cr.dbname, 'ats_mrp')
    env.cr.execute("""
        SELECT n.company_id, array_agg(DISTINCT k.product_id)
          FROM (SELECT DISTINCT company_id FROM ats_node) n
          JOIN (SELECT p.id AS product_id, b.company_id
                  FROM mrp_bom b
                  JOIN product_product p
                    ON p.product_tmpl_id = b.product_tmpl_id AND (b.product_id IS NULL OR p.id = b.product_id)
                 WHERE b.type = 'phantom'
                UNION
                SELECT l.product_id, b.company_id FROM mrp_bom b JOIN mrp_bom_line l ON l.bom_id = b.id
                 WHERE b.type = 'phantom') k ON k.company_id IS NULL OR k.company_id = n.company_id
         GROUP BY 1""")
    for company_id, product_ids in env.cr.fetchall():
        env['ats.refresh']._mark_products(company_id, product_ids, lane=LANE_SCOPE)
    warehouses = env['stock.warehouse'].with_context(active_test=False).search([])
    for location in warehouses.pbm_loc_id | warehouses.sam_loc_id:
        env['ats.refresh']._mark_scope('location', location)

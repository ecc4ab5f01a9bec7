# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What happens when the module is uninstalled."""
from odoo.addons.ats_inventory import triggers
from odoo.addons.ats_inventory.const import LANE_SCOPE


def uninstall_hook(env):
    """Drop the trigger first, then mark what expires: without this module it is sold whatever its date."""
    env.flush_all()
    # Ends the loading transaction, which only read so far, so that it does not stand in the way of the short ones.
    env.cr.commit()
    triggers.drop(env.cr.dbname, 'ats_product_expiry')
    env.cr.execute("""
        SELECT COALESCE(q.company_id, w.company_id), array_agg(DISTINCT q.product_id)
          FROM stock_quant q
          JOIN stock_location l ON l.id = q.location_id
          LEFT JOIN stock_warehouse w ON w.id = l.warehouse_id
         WHERE q.removal_date IS NOT NULL AND COALESCE(q.company_id, w.company_id) IS NOT NULL
         GROUP BY 1""")
    for company_id, product_ids in env.cr.fetchall():
        env['ats.refresh']._mark_products(company_id, product_ids, lane=LANE_SCOPE)

# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import models

from ..kits import KIT_USERS_SQL


class AtsLevel(models.Model):
    _inherit = 'ats.level'

    def _explain_promised_product_ids(self, product):
        """The product, what it is made of, and the kits that contain any of these: all their promises take of the same stock."""
        self.env.flush_all()
        self.env.cr.execute(f"""
            WITH RECURSIVE users AS MATERIALIZED ({KIT_USERS_SQL}), below AS (
                SELECT unnest(%s::int[]) AS product_id
                UNION
                SELECT users.component_id FROM below JOIN users ON users.kit_id = below.product_id
                 WHERE users.component_id IS NOT NULL
            ), above AS (
                SELECT product_id FROM below
                UNION
                SELECT users.kit_id FROM above JOIN users ON users.component_id = above.product_id
            )
            SELECT product_id FROM above ORDER BY 1""", [super()._explain_promised_product_ids(product)])
        return [product_id for product_id, in self.env.cr.fetchall()]

    def _explain_link(self, code, scope, rule_id, component_id):
        if code in ('kit_components', 'kit_empty'):
            bill = self.env['mrp.bom'].sudo()._bom_find(
                scope.product, company_id=self.company_id.id, bom_type='phantom')[scope.product]
            return self._explain_open(
                self.env._("Bill of materials of %(product)s", product=scope.product.display_name),
                'mrp.bom', [('id', '=', bill.id)]) if bill else False
        return super()._explain_link(code, scope, rule_id, component_id)

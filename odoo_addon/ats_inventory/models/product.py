# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import models

#: Fields of a product template that a level depends on.
LEVEL_FIELDS = {'is_storable', 'type', 'categ_id', 'uom_id', 'active'}


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & LEVEL_FIELDS:
            self.with_context(active_test=False).product_variant_ids._ats_mark()
        return result


class ProductProduct(models.Model):
    _inherit = 'product.product'

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & LEVEL_FIELDS:
            self._ats_mark()
        return result

    def _ats_mark(self):
        """Mark these products in every company that lists them."""
        listings = self.env['ats.listing'].sudo().with_context(active_test=False)
        for company, products in listings._read_group(
                [('product_id', 'in', self.ids)], ['company_id'], ['product_id:recordset']):
            self.env['ats.refresh']._mark_products(company, products.ids)


class ProductCategory(models.Model):
    _inherit = 'product.category'

    def unlink(self):
        # Deleted here and not by the cascade in the database, so that what they held for is marked.
        rules = self.env['ats.rule'].sudo().with_context(active_test=False)
        rules.search([('category_id', 'child_of', self.ids)]).unlink()
        return super().unlink()

    def write(self, vals):
        result = super().write(vals)
        if 'parent_id' in vals:
            for category in self:
                self.env['ats.refresh']._mark_scope('category', category)
        return result

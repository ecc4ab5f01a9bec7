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
        """Mark these products in every company that sells: on channels they may be listed themselves, or as part of a kit."""
        self.env['ats.refresh']._mark_everywhere(self.ids)


class ProductCategory(models.Model):
    _inherit = 'product.category'

    def unlink(self):
        # Marked product by product: when the marks are taken up, nobody knows any more what was in the category.
        templates = self.env['product.template'].sudo().with_context(active_test=False)
        templates.search([('categ_id', 'child_of', self.ids)]).product_variant_ids._ats_mark()
        return super().unlink()

    def write(self, vals):
        result = super().write(vals)
        if 'parent_id' in vals:
            for category in self:
                self.env['ats.refresh']._mark_scope('category', category)
        return result

# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import Command
from odoo.tests import TransactionCase


class InventoryCase(TransactionCase):
    """One warehouse, its node, a channel that sells from it and a listed product."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env['stock.warehouse'].search([('company_id', '=', cls.env.company.id)], limit=1)
        cls.shelf = cls.warehouse.lot_stock_id
        cls.customers = cls.env.ref('stock.stock_location_customers')
        cls.node = cls.env['ats.node'].search([('warehouse_id', '=', cls.warehouse.id)])
        cls.channel = cls.env['ats.channel'].create({
            'name': "Shop", 'source_ids': [Command.create({'node_id': cls.node.id})]})
        cls.product = cls.env['product.product'].create({'name': "Lamp", 'is_storable': True})
        cls.listing = cls.env['ats.listing'].create({'channel_id': cls.channel.id, 'product_id': cls.product.id})

    def put(self, quantity, location=None, product=None, **options):
        """Change the stock of a product as a done move does."""
        self.env['stock.quant']._update_available_quantity(
            product or self.product, location or self.shelf, quantity, **options)

    def fresh(self, listing=None):
        """The quantity of a listing computed now."""
        [row] = self.env['ats.refresh']._fresh(self.env.company, (listing or self.listing).ids)
        return row['quantity']

    def delivery(self, quantity, source=None, dest=None):
        """A confirmed move, not reserved."""
        self.warehouse.out_type_id.reservation_method = 'manual'
        return self.env['stock.move'].create({
            'product_id': self.product.id, 'product_uom_qty': quantity, 'product_uom': self.product.uom_id.id,
            'location_id': (source or self.shelf).id, 'location_dest_id': (dest or self.customers).id,
            'picking_type_id': self.warehouse.out_type_id.id,
        })._action_confirm()

# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo.tests import TransactionCase, new_test_user


class ChannelCommon(TransactionCase):
    """One channel of the company on its first node, and a user of each of our groups."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.node = cls.env["ats.node"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.viewer = new_test_user(cls.env, "ats_viewer", "ats_inventory.group_ats_viewer")
        cls.operator = new_test_user(cls.env, "ats_operator", "ats_inventory.group_ats_operator")
        cls.manager = new_test_user(cls.env, "ats_manager", "ats_inventory.group_ats_manager")
        cls.stranger = new_test_user(cls.env, "ats_stranger", "base.group_user")
        cls.product = cls.env["product.product"].create(
            {"name": "Chair", "type": "consu", "is_storable": True, "default_code": "CHAIR"}
        )
        cls.channel = cls._make_channel("Shop")
        cls.listing = cls.env["ats.listing"].create({"channel_id": cls.channel.id, "product_id": cls.product.id})

    @classmethod
    def _make_channel(cls, name, **values):
        return cls.env["ats.channel"].create(
            {"name": name, "source_ids": [(0, 0, {"node_id": cls.node.id})], **values}
        )

    @classmethod
    def _make_level(cls, listing, quantity):
        """A level as the refresh writes it, with its publication."""
        cls.env.flush_all()
        cls.env.cr.execute(
            """
            INSERT INTO ats_level (company_id, listing_id, channel_id, product_id, quantity, reasons, generation)
            VALUES (%s, %s, %s, %s, %s, '[]'::jsonb, nextval('ats_generation_seq')) RETURNING id
            """,
            [listing.company_id.id, listing.id, listing.channel_id.id, listing.product_id.id, quantity],
        )
        level = cls.env["ats.level"].browse(cls.env.cr.fetchone()[0])
        cls.env["ats.refresh"]._levels_written(cls.env.cr, level.ids)
        cls.env.invalidate_all()
        return level

    def _publication(self, listing):
        return self.env["ats.publication"].search([("listing_id", "=", listing.id)])

# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Holds: what people do with them, what documents do with them, and what is refused."""
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.ats_inventory import const
from odoo.addons.ats_inventory.models import ats_hold_service

from .common import InventoryCase


@tagged('post_install', '-at_install', 'ats')
class TestHolds(InventoryCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Hold = cls.env['ats.hold']
        cls.operator = new_test_user(cls.env, 'holds-operator', groups='ats_inventory.group_ats_operator')
        cls.viewer = new_test_user(cls.env, 'holds-viewer', groups='ats_inventory.group_ats_viewer')
        # Any record can hold goods; a partner is at hand.
        cls.document = cls.env['res.partner'].create({'name': "Order 1"})
        cls.order = cls.env['res.partner'].create({'name': "S00001"})

    def hold(self, **values):
        return self.Hold.create({'product_id': self.product.id, 'channel_id': self.channel.id, **values})

    def marks(self):
        self.env.cr.execute("SELECT product_id FROM ats_mark ORDER BY product_id")
        found = [product for product, in self.env.cr.fetchall()]
        self.env.cr.execute("DELETE FROM ats_mark")
        return found

    def in_document(self, quantity=2, **options):
        options = {'kind': 'channel_order', 'channel': self.channel, **options}
        return self.Hold._hold(self.document, {self.product.id: quantity}, **options)

    def test_an_operator_makes_releases_and_takes_back(self):
        form = Form(self.Hold.with_user(self.operator))
        form.product_id = self.product
        form.channel_id = self.channel
        form.quantity = 3
        hold = form.save()
        self.assertEqual((hold.kind, hold.state, hold.company_id), ('manual', 'live', self.env.company))
        self.assertEqual(
            (hold.expires_at - fields.Datetime.now() + timedelta(minutes=1)).days, const.HOLD_DAYS_DEFAULT)
        hold.action_release()
        self.assertEqual((hold.state, hold.release_reason), ('released', 'manual'))
        hold.action_undo_release()
        self.assertEqual((hold.state, hold.release_reason, hold.released_at), ('live', False, False))

    def test_an_operator_cannot_name_a_document(self):
        """The name of a hold's document is read with the rights of the system."""
        named = {'res_model': 'res.users', 'res_id': self.env.ref('base.user_admin').id}
        hold = self.hold()
        with self.assertRaisesRegex(AccessError, "not by hand"):
            hold.with_user(self.operator).write(named)
        with self.assertRaisesRegex(AccessError, "not by hand"):
            self.Hold.with_user(self.operator).create({
                'product_id': self.product.id, 'channel_id': self.channel.id, **named})

    def test_a_viewer_only_reads(self):
        hold = self.hold()
        self.assertEqual(hold.with_user(self.viewer).state, 'live')
        for act in ('action_release', 'action_undo_release'):
            with self.assertRaises(AccessError):
                getattr(hold.with_user(self.viewer), act)()
        with self.assertRaises(AccessError):
            self.Hold.with_user(self.viewer).create({'product_id': self.product.id, 'channel_id': self.channel.id})

    def test_a_hold_without_place_is_refused_with_a_sentence(self):
        with self.assertRaisesRegex(UserError, "needs a channel or a node"):
            self.hold(channel_id=False)

    def test_places_of_another_company_are_refused(self):
        other = self.env['res.company'].create({'name': "Other"})
        channel = self.env['ats.channel'].create({'name': "Elsewhere", 'company_id': other.id})
        with self.assertRaises(UserError):
            self.hold(channel_id=channel.id)

    def test_states_are_searched_as_they_are_shown(self):
        now = fields.Datetime.now()
        live, endless = self.hold(), self.hold(expires_at=False)
        expired = self.hold(expires_at=now - timedelta(seconds=1))
        released = self.hold()
        released.action_release()
        of_ours = [('id', 'in', (live | endless | expired | released).ids)]
        for state, holds in (('live', live | endless), ('expired', expired), ('released', released)):
            self.assertEqual(self.Hold.search([*of_ours, ('state', '=', state)]), holds.sorted('id', reverse=True), state)
            self.assertEqual(set(holds.mapped('state')), {state})
        self.assertEqual(len(self.Hold.search([*of_ours, ('state', '!=', 'live')])), 2)

    def test_extending_brings_an_expired_hold_back_and_refuses_the_past(self):
        hold = self.hold(expires_at=fields.Datetime.now() - timedelta(hours=1))
        action = hold.with_user(self.operator).action_extend()
        wizard = self.env['ats.hold.extend'].with_user(self.operator).with_context(**action['context']).create({})
        self.assertEqual((wizard.hold_ids, wizard.expired_count), (hold, 1))
        wizard.expires_at = fields.Datetime.now() - timedelta(seconds=5)
        with self.assertRaisesRegex(UserError, "in the future"):
            wizard.action_apply()
        wizard.expires_at = fields.Datetime.now() + timedelta(days=1)
        wizard.action_apply()
        self.assertEqual(hold.state, 'live')
        hold.action_release()
        with self.assertRaisesRegex(UserError, "cannot be extended"):
            hold.action_extend()

    def test_history_is_not_changed(self):
        hold = self.hold()
        hold.action_release()
        with self.assertRaisesRegex(UserError, "is history"):
            hold.quantity = 5
        hold.reference = "A note is allowed"

    def test_every_change_marks_the_product_and_a_note_does_not(self):
        other = self.env['product.product'].create({'name': "Other", 'is_storable': True})
        self.marks()
        hold = self.hold()
        self.assertEqual(set(self.marks()), {self.product.id})
        hold.quantity = 7
        self.assertEqual(set(self.marks()), {self.product.id})
        hold.product_id = other
        self.assertEqual(set(self.marks()), {self.product.id, other.id})
        hold.reference = "S1"
        self.assertEqual(self.marks(), [])
        hold.action_release()
        self.assertEqual(set(self.marks()), {other.id})
        hold.action_release()
        self.assertEqual(self.marks(), [])
        hold.unlink()
        self.assertEqual(set(self.marks()), {other.id})

    def test_a_document_holds_once_however_often_it_is_told(self):
        hold = self.in_document()
        self.assertEqual((hold.quantity, hold.reference, hold.document), (2, "Order 1", "Order 1"))
        self.marks()
        self.assertEqual(self.in_document(), hold)
        self.assertEqual(self.marks(), [])
        self.assertEqual(self.in_document(5), hold)
        self.assertEqual((hold.quantity, self.marks()), (5, [self.product.id]))

    def test_what_a_document_no_longer_holds_is_replaced(self):
        first = self.in_document()
        pinned = self.in_document(node=self.node)
        self.assertNotEqual(first, pinned)
        self.assertEqual((first.release_reason, pinned.node_id), ('replaced', self.node))
        self.assertFalse(self.Hold._hold(self.document, {}, kind='cart', channel=self.channel))
        self.assertEqual(pinned.release_reason, 'replaced')
        self.assertEqual(self.in_document().state, 'live')

    def test_a_repeated_message_undoes_neither_a_decision_nor_a_conversion(self):
        self.in_document()._release('manual')
        self.assertFalse(self.in_document())
        self.Hold.search([('res_model', '=', 'res.partner')]).sudo().unlink()
        hold = self.in_document()
        self.assertEqual(self.Hold._convert(self.document, self.order), {self.product.id: 2})
        self.assertEqual((hold.release_reason, hold.release_note), ('converted', "S00001"))
        self.assertFalse(self.in_document())
        self.assertEqual(self.Hold._convert(self.document, self.order), {})

    def test_a_conversion_cannot_be_undone(self):
        hold = self.in_document()
        self.Hold._convert(self.document, self.order)
        with self.assertRaisesRegex(UserError, "Only a release by hand"):
            hold.action_undo_release()

    def test_a_cancelled_document_may_hold_again(self):
        self.Hold._of_document(self.document)._release('cancelled')
        self.assertEqual(self.in_document().state, 'live')

    def test_an_expired_hold_of_a_document_gets_its_new_end(self):
        hold = self.in_document(expires_at=fields.Datetime.now() - timedelta(minutes=1))
        self.assertEqual(hold.state, 'expired')
        self.assertEqual(self.in_document(expires_at=fields.Datetime.now() + timedelta(minutes=9)), hold)
        self.assertEqual(hold.state, 'live')

    def test_nonsense_of_a_caller_is_refused(self):
        for options in ({'channel': None}, {'quantity': 0}, {'quantity': -1}):
            with self.assertRaises(UserError):
                self.in_document(**options)
        with self.assertRaisesRegex(UserError, "at most"):
            self.Hold._hold(
                self.document, dict.fromkeys(range(const.HOLD_LINES_MAX + 1), 1), kind='cart', channel=self.channel)

    def test_holds_of_one_product_are_limited(self):
        self.hold()
        self.patch(ats_hold_service, 'HOLDS_PER_PRODUCT_MAX', 1)
        with self.assertRaisesRegex(UserError, "holds that nobody released"):
            self.in_document()

    def test_the_clean_up_takes_old_history_only(self):
        now = fields.Datetime.now()
        old = timedelta(days=const.HOLD_DAYS_KEPT + 1)
        live, ended, gone = self.hold(expires_at=False), self.hold(expires_at=now - old), self.hold()
        gone._release('cancelled')
        gone.sudo().write({'released_at': now - old})
        recent = self.hold(expires_at=now - timedelta(days=1))
        self.env.flush_all()
        self.Hold._gc_holds()
        self.assertEqual((live | ended | gone | recent).exists(), live | recent)

    def test_a_place_with_live_holds_is_not_deleted(self):
        hold = self.hold(node_id=self.node.id)
        self.assertEqual(self.channel.hold_count, 1)
        with self.assertRaisesRegex(UserError, "has live holds"):
            self.channel.unlink()
        with self.assertRaisesRegex(UserError, "has live holds"):
            self.node.unlink()
        hold.action_release()
        self.assertEqual(self.channel.hold_count, 0)
        self.channel.unlink()

    def test_smart_buttons_show_what_is_live(self):
        self.hold(quantity=2)
        self.hold(quantity=1.5)
        self.hold(quantity=9).action_release()
        for record in (self.product, self.product.product_tmpl_id):
            self.assertEqual((record.ats_hold_count, record.ats_held), (2, "3.5"))
            self.assertEqual(self.Hold.search_count(record.action_ats_holds()['domain'] + [('state', '=', 'live')]), 2)

    def test_the_extension_is_an_operators(self):
        with self.assertRaises(AccessError):
            self.env['ats.hold.extend'].with_user(self.viewer).create({'hold_ids': self.hold().ids})

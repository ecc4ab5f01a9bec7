# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""*What would this change?*: the levels that a rule would change, before it is saved."""
import time

import ats_engine

from odoo import api, models
from odoo.exceptions import UserError

from .. import comparison
from ..computation import plain
from ..const import COMPARE_LISTINGS_MAX, COMPARE_ROWS_MAX

#: What a rule's effect depends on.
COMPARED_FIELDS = (
    'kind', 'company_id', 'product_id', 'category_id', 'node_id', 'channel_id', 'amount_type', 'fixed', 'percent', 'sequence',
    'date_from', 'date_until', 'active')
#: Kinds that act before the stock is shared out: kits that contain the product feel them, and with a quota every channel.
SHARED_KINDS = ('node_buffer', 'quota')


class AtsRule(models.Model):
    _inherit = 'ats.rule'

    @api.model
    def compare_levels(self, changes, search=""):
        """The levels that changed rules would change, without changing anything.

        :param changes: list of {'id': id of a rule or False for one that is not saved, 'values': changed fields as for write};
            all of one company
        :param str search: only listings of products or channels with this in their names
        :return: {'reached': listings that were compared, 'changed', 'to_zero', 'from_zero': listings, 'refused': products that
            cannot be computed now, 'rows': the listings with the greatest effect, 'more': how many beyond COMPARE_ROWS_MAX,
            'problem': a sentence if it cannot be compared, 'took_ms'}. A row is {'listing', 'product', 'channel', 'node',
            'before', 'after', 'difference'}, quantities as text in units of sale.
        """
        started = time.monotonic()
        self.check_access('read')
        before = self.browse([change['id'] for change in changes if change['id']])
        before.check_access('read')
        after = self._as_changed(changes)
        answer = {'reached': 0, 'changed': 0, 'to_zero': 0, 'from_zero': 0, 'refused': 0, 'rows': [], 'more': 0, 'problem': ""}
        company = (before | after).company_id
        if len(company) != 1:
            return {**answer, 'problem': self.env._("Rules of one company are compared at a time.")}
        if company not in self.env.companies:
            return {**answer, 'problem': self.env._("%(company)s is not among your companies.", company=company.name)}
        self.env.flush_all()
        listed = self._reached_listings(company, before | after)
        answer['reached'] = len(listed)
        if len(listed) > COMPARE_LISTINGS_MAX:
            return {**answer, 'problem': self.env._(
                "The rule reaches more than %(limit)s listings: too many to compare while you wait. Compare it for one"
                " channel, category or product first.", limit=COMPARE_LISTINGS_MAX)}
        if listed:
            try:
                answer.update(self._compare(company, after, listed, search))
            except (ats_engine.WorldError, ats_engine.CopyError) as error:
                answer['problem'] = self.env._("It cannot be computed: %(message)s", message=error)
            except ats_engine.DeadlineExceeded:
                answer['problem'] = self.env._("Comparing takes too long. Compare it for one channel, category or product first.")
        return {**answer, 'took_ms': int((time.monotonic() - started) * 1000)}

    def _as_changed(self, changes):
        """The rules as they would be, as records that are not stored.

        :raise ValidationError: such a rule could not be saved
        """
        rules = self.browse()
        for change in changes:
            values = {name: value for name, value in change['values'].items() if name in COMPARED_FIELDS}
            origin = self.browse(change['id'] or ())
            if not origin:
                values = {**self.default_get(list(COMPARED_FIELDS)), **values}
            rule = self.new({'name': origin.name or self.env._("This rule"), **values}, origin=origin or None)
            if rule.active and not rule.kind:
                raise UserError(self.env._("Choose what the rule does first."))
            rules |= rule
        for rule in rules:
            rule._validate_fields([*COMPARED_FIELDS])
        return rules

    def _reached_listings(self, company, rules):
        """{listing id: product id} of the listings that one of these rules, before or after, reaches; stops beyond the limit."""
        listed = {}
        query = comparison.reached_sql(self.env['ats.refresh']._fact_sources().kit_users)
        for rule in rules:
            if len(listed) > COMPARE_LISTINGS_MAX:
                break
            self.env.cr.execute(f"SELECT * FROM ({query}) r LIMIT %(limit)s", {
                'company': company.id, 'product': rule.product_id._origin.id or None,
                'category': rule.category_id._origin.id or None, 'node': rule.node_id._origin.id or None,
                'channel': rule.channel_id._origin.id or None, 'shared': rule.kind in SHARED_KINDS,
                'limit': COMPARE_LISTINGS_MAX + 1})
            listed.update(self.env.cr.fetchall())
        return listed

    def _compare(self, company, after, listed, search):
        sources = self.env['ats.refresh']._fact_sources()
        found, known = comparison.compare(self.env.cr, company.id, sorted(set(listed.values())), after, sources)
        rows = [row for row in zip(found.listing, found.node, found.before, found.after, strict=True) if row[0] in listed]
        rows = self._searched(rows, search)
        # To zero first, then what comes back on sale, then the greatest difference.
        rows.sort(key=lambda row: (row[3] > 0, row[2] > 0, -abs(row[3] - row[2]), row[0]))
        return {
            'changed': found.listings_changed, 'to_zero': found.listings_to_zero, 'from_zero': found.listings_from_zero,
            'refused': len(known.refused), 'rows': self._compared_rows(rows[:COMPARE_ROWS_MAX]),
            'more': max(len(rows) - COMPARE_ROWS_MAX, 0),
        }

    def _searched(self, rows, search):
        if not search:
            return rows
        domain = ['|', ('product_id', 'ilike', search), ('channel_id', 'ilike', search)]
        matching = set(self.env['ats.listing'].search([('id', 'in', [row[0] for row in rows]), *domain]).ids)
        return [row for row in rows if row[0] in matching]

    def _compared_rows(self, rows):
        listings = self.env['ats.listing'].browse([row[0] for row in rows])
        nodes = self.env['ats.node'].browse([row[1] for row in rows if row[1] != ats_engine.NONE])
        names = {node.id: node.name for node in nodes}
        return [
            {'listing': listing.id, 'product': listing.product_id.display_name, 'channel': listing.channel_id.name,
             'node': names.get(node, ""), 'before': plain(was), 'after': plain(becomes), 'difference': plain(becomes - was)}
            for listing, (_listing, node, was, becomes) in zip(listings, rows, strict=True)
        ]

    def action_compare_archived(self):
        """Show what archiving (or, of archived ones, restoring) these rules would change."""
        return {
            'type': 'ir.actions.client', 'tag': 'ats_rule_compare', 'target': 'new',
            'name': self.env._("What would this change?"), 'context': {'dialog_size': 'extra-large'},
            'params': {'changes': [{'id': rule.id, 'values': {'active': not rule.active}} for rule in self]},
        }

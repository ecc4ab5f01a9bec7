# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.tools import SQL

from ..columns import PlainMany2one


class AtsLoose(models.AbstractModel):
    """For models with references without a foreign key: what was deleted since is shown as empty, not as an error."""

    _name = 'ats.loose'
    _description = "References That May Be Gone"

    def web_read(self, specification):
        """Forget references to deleted records before the web client asks for their names."""
        for name in specification:
            field = self._fields.get(name)
            if isinstance(field, PlainMany2one):
                referred = self.sudo()[name]
                gone = referred - referred.exists()
                if gone:
                    field._update_cache(self.filtered(lambda row, name=name, gone=gone: row.sudo()[name] in gone), None)
        return super().web_read(specification)

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Group what refers to a deleted record with what refers to none."""
        grouped = super()._read_group_groupby(alias, groupby_spec, query)
        field = self._fields.get(groupby_spec)
        if not isinstance(field, PlainMany2one):
            return grouped
        return SQL(
            "(SELECT there.id FROM %s AS there WHERE there.id = %s)",
            SQL.identifier(self.env[field.comodel_name]._table), grouped)

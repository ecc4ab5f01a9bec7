# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What marks products when a lot's dates change."""
from odoo.addons.ats_inventory.triggers import TriggerSet

#: Odoo keeps the removal date of a lot on each of its quants. A change of it marks their products, each in its company; a
#: lot that lies nowhere affects nobody.
TRIGGER_SET = TriggerSet(functions={}, triggers=(
    ('stock_quant', 'ats_mark_quant_removal_date', "UPDATE OF removal_date",
     "WHEN (OLD.removal_date IS DISTINCT FROM NEW.removal_date)", 'ats_mark_quant'),
))

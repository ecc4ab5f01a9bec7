# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo.addons.ats_inventory import triggers

from . import models
from .hooks import uninstall_hook
from .marks import TRIGGER_SET

triggers.register('ats_product_expiry', TRIGGER_SET)

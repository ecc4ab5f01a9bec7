# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A small web shop that speaks the generic webhook channel: the other side of the demo and of the tests.

It takes quantities (signed by Standard Webhooks) at POST /webhook, shows its products and orders at /, and sends each order, signed too, to
Odoo. All it knows is in its ledger, a file it only appends to, so that it survives a restart or a kill at any moment.
"""

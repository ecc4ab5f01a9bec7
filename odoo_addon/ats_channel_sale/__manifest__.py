# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
{
    "name": "Available to Sell: Channel Orders",
    "summary": "Orders of sales channels become confirmed, reserved sale orders",
    "version": "0.2.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "Available to Sell contributors",
    "depends": ["ats_channel", "sale_stock"],
    "data": [
        "security/ir.model.access.csv",
        "security/ats_order_security.xml",
        "views/ats_order_views.xml",
        "views/ats_inbox_views.xml",
        "views/sale_order_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}

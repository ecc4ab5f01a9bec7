# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
{
    "name": "Available to Sell",
    "summary": "What each sales channel may sell, computed from your stock, published at once, and every number explained",
    "version": "0.2.0",
    "category": "Supply Chain/Inventory",
    "license": "LGPL-3",
    "author": "Available to Sell contributors",
    "depends": ["ats_channel_sale", "ats_channel_webhook", "ats_channel_demo"],
    "data": [
        "views/ats_channel_views.xml",
        "views/ats_menus.xml",
    ],
    "application": True,
}

# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
{
    "name": "Available to Sell: Demo Channel",
    "version": "0.2.0",
    "category": "Supply Chain/Inventory",
    "summary": "A pretended shop: try publishing and taking orders without one. It can never go live",
    "author": "Available to Sell contributors",
    "license": "LGPL-3",
    "depends": ["ats_channel"],
    "data": ["views/ats_channel_views.xml"],
}

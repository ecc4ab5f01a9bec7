# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
{
    "name": "Available to Sell: the engine asked over HTTP, for tests",
    "version": "19.0.1.0.0",
    "author": "Available to Sell contributors",
    "license": "LGPL-3",
    "depends": ["base"],
    "installable": False,
}

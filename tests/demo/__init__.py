# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""`./dev demo`: a company that sells the same stock in two shops, and the proof (`--check`) that the way there and back works."""

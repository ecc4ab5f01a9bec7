# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What the database of this workload holds, as its generator wrote it down."""
from dataclasses import dataclass


@dataclass
class Shape:
    first: int
    products: int
    channels: list
    warehouses: list

    @classmethod
    def of(cls, cr):
        cr.execute("SELECT first, products, channels, warehouses FROM bench_shape")
        return cls(*cr.fetchone())

    def part(self, products):
        """The first so many products."""
        return Shape(self.first, min(products, self.products), self.channels, self.warehouses)

    @property
    def title(self):
        return f"PostgreSQL to levels, {self.products:,} products, {len(self.warehouses)} warehouses, {self.products * len(self.channels):,} listings"

# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What Odoo says of a product in a warehouse, what its own moves say when read one by one, and what the engine says.

Nothing here uses the statements of the add-ons: moves, lines and bills of materials are read through Odoo's models and added up in Python, exactly.
"""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from math import floor, trunc

OPEN = ("waiting", "confirmed", "partially_available", "assigned")
NOISE = Decimal("1e-9")
MILLIONTH = Decimal("1e-6")
PLACE = Decimal("0.01")


def exact(number):
    """A float of Odoo as the decimal it stands for: noise of binary fractions beyond the ninth place is rounded away."""
    return Decimal(repr(number)).quantize(NOISE)


class Reading:
    """All numbers of one moment. Products and warehouses are ids."""

    def __init__(self, env, house):
        self.env, self.house = env, house
        self.now = env.cr.now()
        self.warehouses = env["stock.warehouse"].with_context(active_test=False).search([("company_id", "=", house.company)])
        mine = [("is_storable", "=", True), ("company_id", "in", [False, house.company])]
        # an archived product has no level any more, but it may be a component
        self.products = env["product.product"].with_context(active_test=False).search(mine, order="id")
        self.kits = env["mrp.bom"]._bom_find(self.products, bom_type="phantom", company_id=house.company)
        self.stocked = self.products.filtered(lambda product: not self.kits.get(product))
        locations = env["stock.location"].with_context(active_test=False).search_fetch([], ["parent_path"])
        roots = {warehouse.view_location_id.id: warehouse.id for warehouse in self.warehouses}
        # a location is in the warehouse whose view location is above it
        self.warehouse_of = {
            location.id: next((roots[int(step)] for step in location.parent_path.split("/")[:-1] if int(step) in roots), None)
            for location in locations}
        self.odoo = {
            warehouse.id: self.products.with_context(warehouse_id=warehouse.id)._compute_quantities_dict(None, None, None)
            for warehouse in self.warehouses}
        self._read_moves()

    def _read_moves(self):
        """Open moves that cross the border of a warehouse, one by one.

        on_expired: what they have reserved of expired lots for somebody who cannot take expired goods; Odoo's free_qty forgets such a promise
        together with the lot, the model (M3) wants it served from good stock.
        """
        self.out_whole, self.out_needed, self.on_expired = defaultdict(Decimal), defaultdict(Decimal), defaultdict(Decimal)
        self.in_whole, self.in_awaited = defaultdict(Decimal), defaultdict(Decimal)
        moves = self.env["stock.move"].search([("state", "in", OPEN), ("product_id", "in", self.stocked.ids)], order="id")
        leaving = moves.filtered(lambda move: self.source(move) and self.source(move) != self.target(move))
        needed = self._deal_out(leaving)
        for move in leaving:
            key = (move.product_id.id, self.source(move))
            self.out_whole[key] += exact(move.product_qty)
            self.out_needed[key] += needed[move]
            if (move.location_final_id or move.location_dest_id).usage in ("supplier", "inventory"):
                continue
            for line in open_lines(move):
                if line.lot_id.removal_date and line.lot_id.removal_date <= self.now and self.warehouse_of[line.location_id.id] == key[1]:
                    self.on_expired[key] += exact(line.quantity_product_uom)
        for move in moves:
            key = (move.product_id.id, self.target(move))
            if key[1] and key[1] != self.source(move):
                self.in_whole[key] += exact(move.product_qty)
                if move.date > self.now:
                    self.in_awaited[key] += exact(move.product_qty) - self.promised[move]

    def free(self, product, warehouse):
        """What the model lets a warehouse ship of a stocked product, put together from Odoo's figure and its moves."""
        key = (product, warehouse)
        promised = self.on_expired[key] + self.out_needed[key]
        return max(exact(self.odoo[warehouse][product]["free_qty"]) - promised + self.in_awaited[key], Decimal(0))

    def source(self, move):
        return self.warehouse_of[move.location_id.id]

    def target(self, move):
        """The warehouse the goods are bound for, which may be steps away."""
        return self.warehouse_of[(move.location_final_id or move.location_dest_id).id]

    def _deal_out(self, leaving):
        """{move: what it needs of stock that nobody has reserved for it}, and in self.promised what moves that come bring for such moves.

        A move that waits for others takes its goods from them: from a receipt all that is to come, from a step before it in the warehouse what that
        step has reserved, or all of it if that step is bound for outside and counts itself. They serve those that wait by age.
        """
        brings = {}
        needed = {}
        self.promised = defaultdict(Decimal)
        for move in leaving:
            need = max(exact(move.product_qty) - reserved(move), Decimal(0))
            left = need
            for before in self._upstream(move):
                if before not in brings:
                    whole = self.source(before) != self.source(move) or before in leaving
                    brings[before] = exact(before.product_qty) if whole else reserved(before)
                taken = min(need, brings[before])
                brings[before] -= taken
                self.promised[before] += taken
                left -= taken
            needed[move] = max(left, Decimal(0))
        return needed

    def _upstream(self, move):
        """Open moves of the same product that bring a move's goods, back to where they enter its warehouse."""
        found, todo = self.env["stock.move"], move.move_orig_ids
        while todo:
            todo = (todo - found).filtered(lambda each: each.state in OPEN)
            found |= todo
            todo = todo.filtered(lambda each: self.source(each) == self.source(move)).move_orig_ids
        return found.filtered(lambda each: each.product_id == move.product_id).sorted("id")

    def per_kit(self, product):
        """{stocked product id: exact quantity in its own unit that one kit takes}, through nested kits."""
        bom = self.kits[product]
        total = defaultdict(Fraction)
        for line in bom.bom_line_ids:
            if line._skip_bom_line(product):
                continue
            component, own, used = line.product_id, line.product_id.uom_id, line.product_uom_id
            quantity = Fraction(exact(line.product_qty)) * unit_factor(used) / unit_factor(own)
            makes = Fraction(exact(bom.product_qty)) * unit_factor(bom.product_uom_id) / unit_factor(product.uom_id)
            inner = self.env["mrp.bom"]._bom_find(component, bom_type="phantom", company_id=self.house.company).get(component)
            if inner:
                self.kits[component] = inner
                for part, each in self.per_kit(component).items():
                    total[part] += quantity * each / makes
            elif component.is_storable:
                total[component.id] += quantity / makes
        return {part: each for part, each in total.items() if each}


def open_lines(move):
    return move.move_line_ids.filtered(lambda line: line.state != "done")


def reserved(move):
    return sum((exact(line.quantity_product_uom) for line in open_lines(move)), Decimal(0))


def unit_factor(uom):
    """How many of its family's reference unit a unit is, exactly."""
    factor = Fraction(1)
    while uom.relative_uom_id:
        factor *= Fraction(exact(uom.relative_factor))
        uom = uom.relative_uom_id
    return factor


def engine(env, house):
    """{(product, warehouse): {code: Decimal}} of the channel's waterfalls, with the level under 'level', from a fresh computation."""
    warehouse_of = {node.id: node.warehouse_id.id for node in env["ats.node"].search([("company_id", "=", house.company)])}
    answers = {}
    for row in env["ats.refresh"]._fresh(house.company):
        if row["channel_id"] != house.channel:
            continue
        steps = defaultdict(Decimal)
        for code, quantity, *_details in row["reasons"]:
            steps[code] += Decimal(quantity)
        steps["level"] = row["quantity"]
        answers[row["product_id"], warehouse_of[row["node_id"]]] = steps
    return answers


def differences(reading, answers):
    """Sentences, one for each product and warehouse where engine, moves and Odoo do not agree on a stocked product."""
    found = []
    for product in reading.stocked.filtered("active"):
        for warehouse in reading.warehouses:
            key = (product.id, warehouse.id)
            said = reading.odoo[warehouse.id][product.id]
            steps = answers.get(key)
            where = f"{product.name} ({product.id}) in {warehouse.code}"
            if steps is None:
                found.append(f"{where}: the engine gave no level")
                continue
            expected = {
                "free": (exact(said["free_qty"]) - reading.on_expired[key], steps["on_hand"] + steps["withheld_expired"] + steps["reserved"]),
                "demand": (reading.out_needed[key], -steps["demand"]),
                "outgoing of the same moves": (exact(said["outgoing_qty"]), reading.out_whole[key].quantize(PLACE)),
                "incoming": (reading.in_awaited[key], steps["incoming"]),
                "incoming of the same moves": (exact(said["incoming_qty"]), reading.in_whole[key].quantize(PLACE)),
                "on hand": (exact(said["qty_available"]), steps["on_hand"]),
                "withheld place": (Decimal(0), steps["withheld_location"] + steps["withheld_blocked"] + steps["withheld_owner"]),
            }
            found += [f"{where}: {what} is {ours}, expected {theirs}" for what, (theirs, ours) in expected.items() if abs(theirs - ours) >= MILLIONTH]
    return found


def rounded_twice(said, parts, makes):
    """Kits as Odoo rounds them (mrp/models/product.py, _compute_quantities_dict)."""
    shares = [Fraction(trunc(Fraction(exact(said[part]["free_qty"])) / (each * makes) * 100), 100) for part, each in parts.items()]
    return floor(min(shares) * makes)


def kit_differences(reading, answers):
    """(sentences where a kit is not the exact rational, sentences on where Odoo's own figure is another one and why)."""
    wrong, explained = [], []
    for product, bom in sorted(((product, bom) for product, bom in reading.kits.items() if bom), key=lambda pair: pair[0].id):
        if product not in reading.products or not product.active:
            continue
        parts = reading.per_kit(product)
        for warehouse in reading.warehouses:
            steps = answers.get((product.id, warehouse.id))
            where = f"kit {product.name} ({product.id}) in {warehouse.code}"
            if steps is None:
                wrong.append(f"{where}: the engine gave no level")
                continue
            frees = {part: reading.free(part, warehouse.id) for part in parts}
            exactly = min((Fraction(free) / parts[part] for part, free in frees.items()), default=Fraction(0))
            rounded = Decimal(floor(exactly * 10**6)) * MILLIONTH
            if rounded != steps["kit_components"]:
                wrong.append(f"{where}: {steps['kit_components']} kits, exactly {rounded} of {frees} by {parts}")
            said = reading.odoo[warehouse.id]
            theirs = min((Fraction(exact(said[part]["free_qty"])) / each for part, each in parts.items()), default=Fraction(0))
            shown = said[product.id]["free_qty"]
            if floor(theirs) == shown:
                continue
            if rounded_twice(said, parts, Fraction(exact(bom.product_qty))) == shown:
                explained.append(f"{where}: Odoo says {shown:g} free, exactly {float(theirs):.6f}: it rounds each share down to 0.01 of a "
                                 f"bill that makes {bom.product_qty:g}, and the kits down again")
            else:
                wrong.append(f"{where}: Odoo says {shown:g} free, exactly {float(theirs):.6f}, and its two roundings do not tell why")
    return wrong, explained

# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Products, and the kits that have to be known to compute some of them."""
from array import array

from ..const import KIT_DEPTH_MAX
from .copying import copy_rows
from .selling import COMMITTED_SQL

#: What is wrong with the bill of a kit, so that it has no level: {code: sentence for the person who is to repair it}.
KIT_FAULTS = {
    'kit_cycle': "The kit contains itself, directly or through other kits. Change its bill of materials.",
    'kit_deep': f"The kit contains kits in more than {KIT_DEPTH_MAX} levels. Make its bill of materials flatter.",
    'kit_no_lines': "The kit's bill of materials has no line for this product. Add its components.",
    'kit_quantity': "A line of the kit's bill of materials has a unit that cannot be converted into its component's, or a "
                    "quantity that is too large.",
    'kit_yields': "The kit's bill of materials makes a quantity that is not above zero, is too large or has more than six "
                  "decimals.",
}

#: Quantities of a bill from here on are refused by name: the engine's numbers end at nine times as much.
_QUANTITY_BELOW = 10 ** 12


def family(cr, scope):
    """Widen the scope to the products that the wanted ones depend on, and find kits that cannot be computed.

    The components of the wanted kits, through nested kits; then every kit with promises of its own (live holds or a
    quota) that shares a component with what is there, with its components, until nothing new comes (M5: a promise on a
    kit is one on its components). Only the bills of this family are read: a fault in another one stops nobody.

    Fills `scope.family` (ids), `scope.kits` (ids of the kits that can be computed) and `scope.refused`.
    :return: Bills of the family
    """
    bills = Bills(cr, scope)
    scope.family = list(scope.wanted)
    if not scope.sources.kits or not scope.wanted:
        return bills
    bills.open(scope.wanted)
    committed = _committed_products(cr, scope)
    if committed:
        reach = Bills(cr, scope)
        reach.open(committed)
        waiting = {kit: reach.below(kit) for kit in committed if kit in reach.lines}
        while joined := [kit for kit, below in waiting.items() if below & bills.known]:
            bills.open(joined)
            for kit in joined:
                del waiting[kit]
    scope.refused = bills.faults()
    scope.family = sorted(bills.known)
    scope.kits = sorted(kit for kit in bills.lines if kit not in scope.refused)
    return bills


def _committed_products(cr, scope):
    """Products of the company of which somebody was promised some."""
    cr.execute(f"SELECT DISTINCT product_id FROM ({COMMITTED_SQL}) c", {'company': scope.company_id, 'now': scope.now})
    return [product for product, in cr.fetchall()]


class Bills:
    """Bills of materials of some kits, read level by level. Kits are definitions: there are few, so they are objects."""

    def __init__(self, cr, scope):
        self._cr, self._scope = cr, scope
        #: Products seen so far, kits and components.
        self.known = set()
        #: {kit: (yields, components, quantities)}, in millionths. Quantities finer than that are rounded up: a kit takes
        #: more of a component, never less.
        self.lines = {}
        self._faulty = {}

    def open(self, products):
        """Read the bills of these products and of everything in them."""
        new = set(products) - self.known
        for _level in range(KIT_DEPTH_MAX + 1):
            if not new:
                return
            self.known |= new
            read = self._read(new)
            new = set().union(*(self.lines[kit][1] for kit in read)) - self.known
        for kit in self.lines:
            if new.intersection(self.lines[kit][1]):
                self._faulty.setdefault(kit, 'kit_deep')

    def _read(self, products):
        """Read the bills of those of these products that are kits, and return their ids."""
        self._cr.execute(f"""
            SELECT array_agg(DISTINCT k.kit_id) FROM ({self._scope.sources.kit_users}) k
             WHERE k.kit_id = ANY(%s)""", [sorted(products)])
        # Most products are no kits, and to choose a bill is dear.
        candidates = self._cr.fetchone()[0]
        if not candidates:
            return []
        self._cr.execute(f"""
            SELECT k.product_id,
                   CASE WHEN k.yields > 0 AND k.yields < %(below)s AND k.yields = round(k.yields, 6)
                        THEN (k.yields * 1000000)::bigint END,
                   k.components, k.quantities
              FROM (SELECT k.product_id, min(k.yields::numeric) AS yields, array_agg(k.component_id) AS components,
                           array_agg(CASE WHEN k.quantity > 0 AND k.quantity < %(below)s
                                          THEN greatest(ceil(round(k.quantity::numeric, 9) * 1000000), 1)::bigint END
                                     ) AS quantities
                      FROM ({self._scope.sources.kits}) k
                     WHERE k.product_id = ANY(%(products)s)
                     GROUP BY k.product_id) k""", {
                         'company': self._scope.company_id, 'products': candidates, 'below': _QUANTITY_BELOW})
        read = []
        for kit, yields, components, quantities in self._cr.fetchall():
            read.append(kit)
            self.lines[kit] = (yields, [part for part in components if part], quantities)
            fault = ('kit_no_lines' if None in components else 'kit_quantity' if None in quantities
                     else 'kit_yields' if yields is None else None)
            if fault:
                self._faulty[kit] = fault
        return read

    def below(self, kit):
        """Everything in a kit, through nested ones, and the kit itself."""
        found, left = set(), {kit}
        while left:
            found |= left
            left = set().union(*(self.lines[part][1] for part in left if part in self.lines)) - found
        return found

    def faults(self):
        """Kits that cannot be computed: {product: (code, sentence)}. What contains such a kit cannot be either."""
        codes = dict(self._faulty)
        nested = {kit: {part for part in parts if part in self.lines} for kit, (_, parts, _) in self.lines.items()}
        for kit, parts in nested.items():
            if any(kit in self.below(part) for part in parts):
                codes[kit] = 'kit_cycle'
        while more := {kit: codes[part] for kit, parts in nested.items() if kit not in codes
                       for part in parts if part in codes}:
            codes.update(more)
        return {kit: (code, KIT_FAULTS[code]) for kit, code in codes.items()}


def kits(scope, bills):
    """The bills of the kits of the family, as columns of the engine's table `kits`."""
    if not scope.kits:
        return {}
    columns = {'product': array('q', scope.kits), 'yields': array('q'), 'line_offsets': array('q', [0]),
               'lines': array('q'), 'line_quantities': array('q')}
    for kit in scope.kits:
        yields, components, quantities = bills.lines[kit]
        columns['yields'].append(yields)
        columns['lines'].extend(components)
        columns['line_quantities'].extend(quantities)
        columns['line_offsets'].append(len(columns['lines']))
    return columns


def offered(cr, scope):
    """Ids of the wanted products that have levels: not archived, and tracked in stock or kits that can be computed."""
    cr.execute("""
        SELECT array_agg(p.id ORDER BY p.id)
          FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id
         WHERE p.id = ANY(%s) AND p.active AND (t.is_storable OR p.id = ANY(%s)) AND p.id <> ALL(%s)""",
               [scope.wanted, scope.kits, list(scope.refused)])
    return cr.fetchone()[0] or []


def products(cr, scope):
    """Products of the family with their selling precision and their categories, nearest first.

    A product is stocked if Odoo tracks its quantity; archived ones are left out unless a kit needs them: they have no
    level of their own.

    :return: columns of the engine's table `products`
    """
    return copy_rows(cr, [
        ('id', 'int'), ('decimals', 'int'), ('storable', 'bool'), ('category_offsets', 'length'), ('categories', 'int[]')], """
        SELECT p.id, COALESCE(u.decimals, 0), COALESCE(t.is_storable, FALSE), cardinality(c.path), c.path
          FROM product_product p
          JOIN product_template t ON t.id = p.product_tmpl_id
          LEFT JOIN ats_uom u ON u.uom_id = t.uom_id
          LEFT JOIN (
               SELECT c.id, ARRAY(SELECT step.id::int
                                    FROM unnest(string_to_array(rtrim(c.parent_path, '/'), '/'))
                                         WITH ORDINALITY AS step(id, depth)
                                   ORDER BY step.depth DESC) AS path
                 FROM product_category c) c ON c.id = t.categ_id
         WHERE p.id = ANY(%(family)s)
         ORDER BY p.id""", {'family': scope.family})

# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Products, and the kits that have to be known to compute some of them."""
from ..const import KIT_DEPTH_MAX
from .copying import copy_rows
from .selling import COMMITTED_SQL

#: What is wrong with the bill of a kit, so that it has no level: {code: sentence for the person who is to repair it}.
KIT_FAULTS = {
    'kit_cycle': "The kit contains itself, directly or through other kits. Change its bill of materials.",
    'kit_deep': f"The kit contains kits in more than {KIT_DEPTH_MAX} levels. Make its bill of materials flatter.",
    'kit_no_lines': "The kit's bill of materials has no line for this product. Add its components.",
    'kit_unit': "A line of the kit's bill of materials has a unit that cannot be converted into its component's.",
    'kit_yields': "The kit's bill of materials makes a quantity that is not above zero or has more than six decimals.",
}


def family(cr, scope):
    """Widen the scope to the products that the wanted ones depend on, and find kits that cannot be computed.

    The components of the wanted kits, through nested kits; then every kit with promises of its own (live holds or a
    quota) that shares a component with what is there, with its components, until nothing new comes (M5: a promise on a
    kit is one on its components). Only the bills of this family are read: a fault in another one stops nobody.

    Fills `scope.family` (ids), `scope.kits` (ids of the kits that can be computed) and `scope.refused`.
    """
    scope.family, scope.kits = list(scope.wanted), []
    if not scope.sources.kits or not scope.wanted:
        return
    bills = Bills(cr, scope)
    bills.open(scope.wanted)
    committed = _committed_kits(cr, scope)
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


def _committed_kits(cr, scope):
    """Kits of the company that somebody was promised, with or without their components."""
    cr.execute(f"SELECT DISTINCT product_id FROM ({COMMITTED_SQL}) c", {'company': scope.company_id, 'now': scope.now})
    return [product for product, in cr.fetchall()]


class Bills:
    """Bills of materials of some kits, read level by level."""

    def __init__(self, cr, scope):
        self._cr, self._scope = cr, scope
        #: Products seen so far, kits and components.
        self.known = set()
        #: {kit: set of components}.
        self.lines = {}
        self._faulty = {}

    def open(self, products):
        """Read the bills of these products and of everything in them."""
        new = set(products) - self.known
        for _level in range(KIT_DEPTH_MAX + 1):
            if not new:
                return
            self.known |= new
            found = set()
            for kit, components, code in self._read(new):
                self.lines[kit] = set(components)
                found |= self.lines[kit]
                if code:
                    self._faulty[kit] = code
            new = found - self.known
        for kit in self.lines:
            if self.lines[kit] & new:
                self._faulty.setdefault(kit, 'kit_deep')

    def _read(self, products):
        self._cr.execute(f"""
            SELECT k.product_id, array_remove(array_agg(k.component_id), NULL),
                   CASE WHEN bool_or(k.component_id IS NULL) THEN 'kit_no_lines'
                        WHEN bool_or(k.quantity IS NULL OR k.quantity <= 0) THEN 'kit_unit'
                        WHEN bool_or(k.yields IS NULL OR k.yields <= 0 OR k.yields <> round(k.yields, 6))
                            THEN 'kit_yields' END
              FROM ({self._scope.sources.kits}) k
             WHERE k.product_id = ANY(%(products)s)
             GROUP BY k.product_id""", {'company': self._scope.company_id, 'products': sorted(products)})
        return self._cr.fetchall()

    def below(self, kit):
        """Everything in a kit, through nested ones, and the kit itself."""
        found, left = set(), {kit}
        while left:
            found |= left
            left = set().union(*(self.lines.get(product, ()) for product in left)) - found
        return found

    def faults(self):
        """Kits that cannot be computed: {product: (code, sentence)}. What contains such a kit cannot be either."""
        codes = dict(self._faulty)
        nested = {kit: {part for part in parts if part in self.lines} for kit, parts in self.lines.items()}
        for kit in nested:
            if nested[kit] and kit in set().union(*(self.below(part) for part in nested[kit])):
                codes[kit] = 'kit_cycle'
        while more := {kit: codes[part] for kit, parts in nested.items() if kit not in codes
                       for part in parts if part in codes}:
            codes.update(more)
        return {kit: (code, KIT_FAULTS[code]) for kit, code in codes.items()}


def kits(cr, scope):
    """The bills of the kits of the family.

    :return: columns of the engine's table `kits`. Quantities finer than six places are rounded up: a kit takes more
        of a component, never less.
    """
    if not scope.kits:
        return {}
    return copy_rows(cr, [
        ('product', 'int'), ('yields', 'floor'), ('line_offsets', 'length'), ('lines', 'int[]'),
        ('line_quantities', 'ceil[]')], f"""
        SELECT k.product_id, min(k.yields::numeric), count(*), array_agg(k.component_id), array_agg(k.quantity::numeric)
          FROM ({scope.sources.kits}) k
         WHERE k.product_id = ANY(%(kits)s)
         GROUP BY k.product_id ORDER BY k.product_id""", {'company': scope.company_id, 'kits': scope.kits})


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

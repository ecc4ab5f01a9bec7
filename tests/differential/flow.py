# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The most that stock can serve, as a flow: another road to what the model says by Hall's condition."""

from collections import deque


class Network:
    """A network of whole capacities between named points."""

    def __init__(self):
        self.capacity = {}

    def add(self, start, end, capacity):
        self.capacity.setdefault(start, {})
        self.capacity.setdefault(end, {})
        self.capacity[start][end] = self.capacity[start].get(end, 0) + capacity
        self.capacity[end].setdefault(start, 0)

    def most(self, start, end):
        """The greatest flow from one point to another; uses the network up."""
        total = 0
        self.capacity.setdefault(start, {})
        while True:
            came, waiting = {start: None}, deque([start])
            while waiting and end not in came:
                point = waiting.popleft()
                for other, capacity in self.capacity[point].items():
                    if capacity > 0 and other not in came:
                        came[other] = point
                        waiting.append(other)
            if end not in came:
                return total
            path, point = [], end
            while came[point] is not None:
                path.append((came[point], point))
                point = came[point]
            least = min(self.capacity[first][second] for first, second in path)
            for first, second in path:
                self.capacity[first][second] -= least
                self.capacity[second][first] += least
            total += least


def served(rows, wishes):
    """How much of the wishes stock can serve.

    `rows` are (node, channels that may ship the row, quantity); `wishes` are (channel, nodes, quantity).
    """
    network = Network()
    for number, (_node, _channels, quantity) in enumerate(rows):
        network.add(("row", number), "end", quantity)
    for number, (channel, nodes, quantity) in enumerate(wishes):
        network.add("start", ("wish", number), quantity)
        for row, (node, channels, _quantity) in enumerate(rows):
            if node in nodes and channel in channels:
                network.add(("wish", number), ("row", row), quantity)
    return network.most("start", "end") if wishes and rows else 0

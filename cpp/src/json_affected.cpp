// SPDX-License-Identifier: LGPL-3.0-only
#include <algorithm>

#include "ats/affected.h"
#include "ats/engine.h"
#include "json_world.h"

namespace ats {
namespace {

using internal::Book;
using internal::ProductIds;

[[noreturn]] void refuse_unknown(std::string_view table, std::string_view what, std::int64_t id) {
  throw WorldError(ErrorCode::unknown_reference, "/" + std::string(table),
                   "there is no " + std::string(what) + ' ' + std::to_string(id));
}

// Says for each kind of cause what it touches by itself, and in which node: none for what is in no one place.
class Touched final {
 public:
  Touched(const Book& book, const Cause& cause) : book_(book) { std::visit(*this, cause); }

  void operator()(LocationId id) {
    const internal::LocationRow* row = book_.location(id);
    if (row == nullptr) refuse_unknown("locations", "location", id.value());
    products = book_.products_in(id);
    node = row->node;
  }
  void operator()(NodeId id) {
    if (book_.node(id) == nullptr) refuse_unknown("nodes", "node", id.value());
    products = book_.products_in(id);
    node = id;
  }
  void operator()(ProductId id) {
    if (book_.product(id) == nullptr) refuse_unknown("products", "product", id.value());
    products = {id};
  }
  void operator()(Time until) { products = book_.products_due(book_.now, until); }

  ProductIds products;
  NodeId node{kNone};

 private:
  const Book& book_;
};

// Whether a channel can see what happens in a node: it sells from there, or it shares its nodes with promises that do.
[[nodiscard]] bool sees(const Book& book, const internal::ListingRow& listing, NodeId node, bool promised) {
  if (!node.present() || promised) return true;
  const std::vector<std::int64_t>& nodes = book.channel(listing.channel)->nodes;
  return std::find(nodes.begin(), nodes.end(), node.value()) != nodes.end();
}

}  // namespace

std::string affected_document(std::string_view document, const Cause& cause) {
  const Book book = internal::read_world(document);
  check(book.columns().world);
  const Touched touched(book, cause);
  const ProductIds products = book.decided_by(touched.products);
  std::vector<ProductId> promised;  // sorted, as the set is
  for (const ProductId product : products) {
    if (touched.node.present() && book.promised_without_node(book.deciding(product))) promised.push_back(product);
  }
  std::string out = "{\"format\": \"ats-affected/1\",\n \"listings\": [";
  bool first = true;
  for (const internal::ListingRow* row : book.rows<internal::ListingRow>()) {
    if (!products.contains(row->product)) continue;
    if (!sees(book, *row, touched.node, std::binary_search(promised.begin(), promised.end(), row->product))) continue;
    out += first ? "" : ",\n              ";
    out += "{\"listing\": " + std::to_string(row->id.value()) +
           ", \"channel\": " + std::to_string(row->channel.value()) +
           ", \"product\": " + std::to_string(row->product.value()) + '}';
    first = false;
  }
  return out + "]}\n";
}

}  // namespace ats

// SPDX-License-Identifier: LGPL-3.0-only
#pragma once

#include <string_view>

#include "book.h"
#include "json_value.h"

namespace ats::internal {

// Reads an `ats-world/1` document. Throws WorldError for anything that does not
// have the shape of one; what its values mean together is checked by compute().
// The kinds of incoming become codes that hold within this book only.
[[nodiscard]] Book read_world(std::string_view document);
[[nodiscard]] Book read_world(const Value& document);

// Puts the rules of a JSON list, written as those of a world are, in place of
// the book's. Pointers start at the list: /0/kind. If it throws, the book holds
// some of them.
void replace_rules(std::string_view document, Book* book);

}  // namespace ats::internal

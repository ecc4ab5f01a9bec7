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

// Reads a JSON list of rules, written as those of a world are, into a book of
// nothing else. Pointers start at the list: /0/kind.
[[nodiscard]] Book read_rules(std::string_view document);

}  // namespace ats::internal

// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/types.h"

ats::ProductId same(ats::ProductId id) { return id; }

ats::ProductId call() {
#ifdef ATS_WRONG
  return same(ats::NodeId(1));
#else
  return same(ats::ProductId(1));
#endif
}

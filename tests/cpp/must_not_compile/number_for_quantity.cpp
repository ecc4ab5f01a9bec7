// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/types.h"

ats::Quantity sum(ats::Quantity a) {
#ifdef ATS_WRONG
  return a + 1;
#else
  return a + ats::Quantity(1);
#endif
}

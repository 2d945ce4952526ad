-- SPDX-License-Identifier: EUPL-1.2
-- What left, over all cases, newest first, without looking at what has another state.
CREATE INDEX delivery_out ON delivery (state, id);

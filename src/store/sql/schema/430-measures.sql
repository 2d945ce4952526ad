-- SPDX-License-Identifier: EUPL-1.2
-- Statistics in which each entity counts once (opt_in) look for its last case.
CREATE INDEX case_figure_of_entity ON case_figure (entity_id, procedure, last_ms) WHERE entity_id IS NOT NULL;

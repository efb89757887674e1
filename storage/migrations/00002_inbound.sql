-- The ids of inbound events are forgotten by walking through them in order of key (Prune). An index by time would be one
-- more page to write for every act, for the sake of a walk once an hour.

-- +goose Up
drop index inbound_at;

-- +goose Down
create index inbound_at on inbound (at);

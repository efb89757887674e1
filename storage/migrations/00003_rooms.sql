-- A lane that begins with a new card waits for its channel's limit on messages. The lanes of a channel that takes nothing
-- at the moment are left out of a claim as a whole: room is the party whose channel it is, empty for every other lane.

-- +goose Up
alter table lanes add column
    room text not null default '';
drop index lanes_ready;
create index lanes_ready on lanes (room, ready_at, lane);

-- +goose Down
drop index lanes_ready;
create index lanes_ready on lanes (ready_at, lane);
alter table lanes drop column room;

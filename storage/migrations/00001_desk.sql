-- The whole desk. One text for both databases: keys are text, instants are 64-bit integers (UTC
-- milliseconds since 1970), yes and no are 1 and 0. The dialect (dialect.go) gives three words their
-- PostgreSQL form: text (compared by byte, as SQLite does), blob, and "without rowid".

-- +goose Up

-- What lists and filters look at, and nothing else: the row stays small, so that a search through a
-- million cases reads megabytes and not gigabytes. The state itself is in case_bodies. due_at is the
-- earliest instant at which a running clock of the case has something to do, 0 when none has: the sweep
-- reads the index cases_due alone, so its cost follows what is due, not what is open.
create table cases (
    id text not null primary key,
    tenant text not null,
    seq bigint not null,
    last_hash text not null,
    status text not null,
    open bigint not null,
    severity bigint not null,
    reached bigint not null,
    restricted bigint not null,
    agent text not null,
    engineer text not null,
    customer text not null,
    signature text not null,
    filed_at bigint not null,
    updated_at bigint not null,
    due_at bigint not null,
    search text not null
) without rowid;
create index cases_newest on cases (tenant, open, filed_at, id);
create index cases_reached on cases (open, filed_at, id) where reached = 1;
create index cases_due on cases (due_at, id) where due_at > 0;
create index cases_agent on cases (agent, filed_at);
create index cases_engineer on cases (engineer, filed_at) where engineer <> '';
create index cases_customer on cases (customer, tenant, filed_at);
create index cases_signature on cases (signature, tenant, updated_at) where signature <> '';

-- The snapshot, as JSON: the fold of the case's events. A case has one from its second act on (decision 0015).
create table case_bodies (
    id text not null primary key references cases (id),
    tenant text not null,
    body text not null
);

-- Who was let into a restricted case.
create table invited (
    case_id text not null,
    person text not null,
    tenant text not null,
    primary key (case_id, person)
) without rowid;

-- What happened. Rows are only ever added.
create table events (
    case_id text not null references cases (id),
    seq bigint not null,
    tenant text not null,
    at bigint not null,
    actor text not null,
    name text not null,
    side text not null,
    audience text not null,
    kind text not null,
    body text not null,
    prev text not null,
    hash text not null,
    primary key (case_id, seq)
);

-- The last case number given, a row for each tenant.
create table numbers (
    tenant text not null primary key,
    last bigint not null
) without rowid;

-- Ids of inbound events that have been handled, for as long as a platform may send them again.
create table inbound (
    key text not null primary key,
    at bigint not null
) without rowid;
create index inbound_at on inbound (at);

-- Notices: the outbox and, once delivered, its history. pos gives the order within a lane. A notice that
-- is being delivered is found through its lane, so that its id needs no index: that one would take three
-- pages of a filing's write, each in another place.
create table notices (
    pos integer primary key,
    id text not null,
    key text not null unique,
    tenant text not null,
    lane text not null,
    state text not null,
    not_before bigint not null,
    attempts bigint not null,
    started_at bigint not null,
    sent_at bigint not null,
    ref text not null,
    error text not null,
    body text not null
);
create index notices_pending on notices (lane, pos) where state = 'pending';
create index notices_trouble on notices (state, pos) where state in ('dead', 'doubt', 'dropped');

-- One row for each lane that has something pending: when to look at it next, and the notice that is
-- leased. A claim reads this table alone, however many notices are waiting or were sent.
create table lanes (
    lane text not null primary key,
    tenant text not null,
    ready_at bigint not null,
    leased text not null
) without rowid;
create index lanes_ready on lanes (ready_at, lane);
create index lanes_leased on lanes (leased) where leased <> '';

-- Which platform message belongs to which case.
create table posts (
    ref text not null primary key,
    tenant text not null,
    case_id text not null,
    side text not null,
    purpose text not null,
    seq bigint not null,
    thread text not null
) without rowid;
create index posts_case on posts (case_id, side, purpose, seq);

create table drafts (
    id text not null primary key,
    tenant text not null,
    person text not null,
    updated_at bigint not null,
    body text not null
);
create index drafts_person on drafts (person, updated_at);

create table actions (
    id text not null primary key,
    tenant text not null,
    open bigint not null,
    due_at bigint not null,
    body text not null
);
create index actions_due on actions (open, due_at);

-- The three below belong to the whole desk, not to one tenant: a handbook version holds for everybody,
-- a file's bytes are reached only through the event that names them, and state is the running parts' own.
create table handbooks (
    version text not null primary key,
    at bigint not null,
    source blob not null
);
create table blobs (
    sha256 text not null primary key,
    data blob not null
);
create table state (
    space text not null,
    key text not null,
    value blob not null,
    primary key (space, key)
);

-- +goose Down
drop table state;
drop table blobs;
drop table handbooks;
drop table actions;
drop table drafts;
drop table posts;
drop table lanes;
drop table notices;
drop table inbound;
drop table numbers;
drop table events;
drop table invited;
drop table case_bodies;
drop table cases;

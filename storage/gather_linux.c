// The writer's log file. SQLite writes each page of a commit by itself, and its header of 24 bytes before it: eighty and
// more writes for one commit. Here what is appended is gathered, and written at once with the last page of the commit,
// which its header tells: it gives the size of the database, where every other page's gives 0
// (sqlite.org/fileformat2.html#walformat). So whatever SQLite makes known to others is in the file, and an error of
// writing comes before the commit, as ever. What is not appended is written as it comes.
//
// The layout of the structures is SQLite's interface to an operating system (sqlite.org/c3ref/vfs.html and
// sqlite.org/c3ref/io_methods.html). Its functions are weak symbols, because they come from the driver's package, which is
// only there when the program is linked.

#include <stdlib.h>
#include <string.h>

typedef long long offset;
typedef struct vfs vfs;
typedef struct file file;

typedef struct {
	int version;
	int (*close)(file *);
	int (*read)(file *, void *, int, offset);
	int (*write)(file *, const void *, int, offset);
	int (*truncate)(file *, offset);
	int (*sync)(file *, int);
	int (*size)(file *, offset *);
	int (*lock)(file *, int);
	int (*unlock)(file *, int);
	int (*reserved)(file *, int *);
	int (*control)(file *, int, void *);
	int (*sector)(file *);
	int (*traits)(file *);
} methods;

struct file {
	const methods *m;
};

struct vfs {
	int version, file_size, longest_path;
	vfs *next;
	const char *name;
	void *data;
	int (*open)(vfs *, const char *, file *, int, int *);
	void *others[15]; // Up to version 3.
};

extern vfs *sqlite3_vfs_find(const char *) __attribute__((weak));
extern int sqlite3_vfs_register(vfs *, int) __attribute__((weak));

enum { OK = 0, NO_MEMORY = 7, OPEN_WAL = 0x80000, PAGE_HEADER = 24, ROOM = 1 << 19 };
enum { AT_ONCE = 1 << 16 }; // SQLite's own files take less than 128 KiB at once.

// wal is a log file, and behind it in memory the same file as the system opens it.
typedef struct {
	file base;
	unsigned char *held; // What is not in the file yet, the last len bytes before end. It has room for ROOM.
	int len;
	offset end; // Behind the last byte that was written or is held.
	int commit; // The page that comes next is the last of a commit.
} wal;

static file *inner(file *f) { return (file *)((wal *)f + 1); }

// flush writes what is held. After an error it is held on, because SQLite counts it as written.
static int flush(file *f) {
	wal *w = (wal *)f;
	for (int done = 0; done < w->len;) {
		int n = w->len - done < AT_ONCE ? w->len - done : AT_ONCE;
		int err = inner(f)->m->write(inner(f), w->held + done, n, w->end - w->len + done);
		if (err != OK) return err;
		done += n;
	}
	w->len = 0;
	return OK;
}

static int wal_write(file *f, const void *data, int n, offset at) {
	wal *w = (wal *)f;
	const unsigned char *size = (const unsigned char *)data + 4; // Of the database, in a page's header.
	int header = n == PAGE_HEADER, last = w->commit && !header;
	w->commit = header && (size[0] | size[1] | size[2] | size[3]);
	if (at != w->end || w->len + n > ROOM) {
		int err = flush(f);
		if (err != OK) return err;
	}
	// A new log's beginning, what follows a commit of somebody else's, or a header that is mended.
	if (at != w->end || n > ROOM) {
		int err = inner(f)->m->write(inner(f), data, n, at);
		if (err == OK) w->end = at + n;
		return err;
	}
	memcpy(w->held + w->len, data, n);
	w->len += n;
	w->end += n;
	return last ? flush(f) : OK;
}

static int wal_sync(file *f, int flags) {
	int err = flush(f);
	return err != OK ? err : inner(f)->m->sync(inner(f), flags);
}

static int wal_read(file *f, void *to, int n, offset at) {
	int err = flush(f);
	return err != OK ? err : inner(f)->m->read(inner(f), to, n, at);
}

static int wal_truncate(file *f, offset size) {
	int err = flush(f);
	return err != OK ? err : inner(f)->m->truncate(inner(f), size);
}

static int wal_size(file *f, offset *size) {
	int err = flush(f);
	return err != OK ? err : inner(f)->m->size(inner(f), size);
}

// What is held when the file is closed belongs to no commit.
static int wal_close(file *f) {
	free(((wal *)f)->held);
	return inner(f)->m->close(inner(f));
}

static int wal_lock(file *f, int level) { return inner(f)->m->lock(inner(f), level); }
static int wal_unlock(file *f, int level) { return inner(f)->m->unlock(inner(f), level); }
static int wal_reserved(file *f, int *out) { return inner(f)->m->reserved(inner(f), out); }
static int wal_control(file *f, int what, void *arg) { return inner(f)->m->control(inner(f), what, arg); }
static int wal_sector(file *f) { return inner(f)->m->sector(inner(f)); }
static int wal_traits(file *f) { return inner(f)->m->traits(inner(f)); }

static const methods wal_methods = {1, wal_close, wal_read, wal_write, wal_truncate, wal_sync, wal_size,
	wal_lock, wal_unlock, wal_reserved, wal_control, wal_sector, wal_traits};

static vfs *plain;    // The system's own.
static vfs gathering; // The same, but for its log files.

static int gathering_open(vfs *v, const char *name, file *f, int flags, int *given) {
	if (!(flags & OPEN_WAL)) return plain->open(plain, name, f, flags, given);
	wal *w = (wal *)f;
	memset(w, 0, sizeof *w);
	int err = plain->open(plain, name, inner(f), flags, given);
	if (err != OK) return err; // A file without methods is not closed.
	if (!(w->held = malloc(ROOM))) {
		inner(f)->m->close(inner(f));
		return NO_MEMORY;
	}
	w->base.m = &wal_methods;
	return OK;
}

// casebot_gather makes the file system "gather" known to SQLite, and says whether it is there. It is called once.
int casebot_gather(void) {
	if (!sqlite3_vfs_find || !sqlite3_vfs_register || !(plain = sqlite3_vfs_find(0)) || plain->version < 3) return 0;
	gathering = *plain;
	gathering.version = 3;
	gathering.next = 0;
	gathering.name = "gather";
	gathering.file_size += sizeof(wal);
	gathering.open = gathering_open;
	return sqlite3_vfs_register(&gathering, 0) == OK;
}

package storage

// SQLite counts its memory under a lock that every allocation takes, for functions the desk never calls
// (sqlite.org/c3ref/c_config_covering_index_scan.html#sqliteconfigmemstatus). The symbol is weak because it comes from
// the driver's package, which is only there when the program is linked.

/*
extern int sqlite3_config(int, ...) __attribute__((weak));

static int without_memory_statistics(void) {
	const int SQLITE_CONFIG_MEMSTATUS = 9;
	return sqlite3_config ? sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) : 0;
}
*/
import "C"

// It has to be said before the first connection is opened, and has no effect after it.
func init() { C.without_memory_statistics() }

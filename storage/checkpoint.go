package storage

// carryEvery is after how many commits the log is carried over into the file.
const carryEvery = 32

// carryOver asks now and then for the log to be carried over, beside the writer. Left to the writer, a
// commit in a few dozen would do it and make sixteen people wait; it still does when this one falls behind.
func (e *sqliteEngine) carryOver() {
	if e.commits++; e.commits%carryEvery == 0 {
		select {
		case e.carry <- struct{}{}:
		default: // It is at work already.
		}
	}
}

// carryOvers is the goroutine that does it, on a connection of its own. A passive checkpoint waits for
// nobody and stops nobody (sqlite.org/pragma.html#pragma_wal_checkpoint).
func (e *sqliteEngine) carryOvers() {
	defer close(e.carried)
	var c *sqliteConn
	defer func() {
		if c != nil {
			c.close()
		}
	}()
	for {
		select {
		case <-e.stopped:
			return
		case <-e.carry:
		}
		err := error(nil)
		if c == nil {
			c, err = dialSQLite(sqliteDSN(e.path, false, e.busy))
		}
		if err == nil {
			_, err = c.c.Exec("pragma wal_checkpoint(passive)", nil)
		}
		if err != nil {
			// The writer meets the same trouble and tells people; here it only puts the work off.
			e.log.Debug("the log could not be carried over", "err", err)
		}
	}
}

"""The worklist: nobody falls silent without somebody who calls, by a time, with an outcome."""

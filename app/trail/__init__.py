"""The audit trail as people read it: filtered, in sentences, exported, and reviewed."""

"""Who asks and what they may reach: the gate, identity, scope, and what waits behind the lock."""

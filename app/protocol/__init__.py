"""The study protocol as data: one TOML file per protocol and a typed loader."""

"""The only reader of the environment.

Every setting is a ``DAYBOOK_…`` variable; the default is a complete embedded
product on loopback. A value that cannot work stops the start with the remedy.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.addresses import (
    BadAddress,
    bare,
    host_in_header,
    mail_server,
    origin_of,
    sender,
    web_address,
)

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def _named(setting: str, example: str) -> Iterator[None]:
    """A value that cannot work is named with the remedy, and never shown: it may hold a secret."""
    try:
        yield
    except BadAddress as error:
        raise ValueError(f"{setting} {error}; {example}") from error


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="DAYBOOK_", env_ignore_empty=True, frozen=True)

    data_dir: Path = Field(ROOT / "var", description="database, mail files and logs of the demo")
    database_url: str = Field("", description="postgresql://…; empty: encrypted SQLite in data_dir")
    key_file: Path | None = Field(None, description="32 random bytes as hex, readable by the owner")
    port: int = 8000
    base_url: str = Field(
        default_factory=lambda told: f"http://localhost:{told['port']}",
        description="the origin that browsers see",
    )
    host: str = Field(
        default_factory=lambda told: (
            "::1" if "//[::1]" in told.get("base_url", "") else "127.0.0.1"
        ),
        description="the address to listen at; empty: loopback, of the kind that base_url names",
    )
    trusted_proxy: str = Field(
        "", description="address of the TLS proxy, or networks with commas; empty: none is trusted"
    )
    smtp_url: str = Field("", description="smtp://user:pass@host:587 or smtps://…; empty: files")
    mail_from: str = "Daybook <daybook@localhost>"
    hide_url: str = Field("https://www.wikipedia.org/", description="where Hide leads")
    protocol_file: Path | None = Field(None, description="TOML; empty: the bundled protocol")
    ping_url: str = Field("", description="called every minute while all is well; empty: never")
    backup_dir: Path | None = Field(None, description="a backup is put there every hour")
    archive_dir: Path | None = Field(None, description="each site's own copy, every night")
    demo: bool = Field(False, description="demo cohort, mailbox page and sign-in links")

    @field_validator("base_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        with _named("DAYBOOK_BASE_URL", "such as https://daybook.clinic.org"):
            return origin_of(value)

    @field_validator("hide_url", "ping_url")
    @classmethod
    def _web_address(cls, value: str, info: ValidationInfo) -> str:
        with _named(f"DAYBOOK_{info.field_name}".upper(), "such as https://www.example.org/"):
            return web_address(value) if value else value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        with _named("DAYBOOK_SMTP_URL", "such as smtp://user:password@mail.clinic.org:587"):
            return mail_server(value)[0].geturl() if value else value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        with _named("DAYBOOK_MAIL_FROM", "such as Daybook <daybook@clinic.org>"):
            return sender(value)

    @field_validator("trusted_proxy")
    @classmethod
    def _addresses(cls, value: str) -> str:
        try:
            parts = [bare(part).strip("[]") for part in value.split(",")]
            networks = [ip_network(part) for part in parts if part]
        except ValueError as error:
            raise ValueError(
                "DAYBOOK_TRUSTED_PROXY must be addresses or networks with commas between them, "
                "such as 127.0.0.1 or 10.0.0.0/24"
            ) from error
        if any(network.prefixlen == 0 for network in networks):
            raise ValueError("DAYBOOK_TRUSTED_PROXY must not be the whole internet")
        return ",".join(str(network) for network in networks)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme, found, rest = value.strip().partition("://")
        names = {"postgres": "postgresql"}
        value = names.get(scheme.lower(), scheme.lower()) + found + rest if found else value
        if value and not value.startswith(("postgresql://", "postgresql+psycopg://", "sqlite:///")):
            raise ValueError(
                "DAYBOOK_DATABASE_URL must start with postgresql:// (or be empty for the "
                "encrypted SQLite file in DAYBOOK_DATA_DIR)"
            )
        return value

    def but(self, **more: object) -> "Settings":
        """Read anew with other values: what was worked out from the former does not come along."""
        return Settings(**{**self.model_dump(), **more})

    @property
    def origin(self) -> str:
        """What browsers send as Origin, and what a Referer begins with: in that very form."""
        return self.base_url

    @cached_property
    def host_name(self) -> str:
        """The only Host that the server answers to, in its one form."""
        return host_in_header(self.base_url.partition("://")[2])

    @cached_property
    def own_address(self) -> str:
        """Where this machine itself reaches the server, whichever addresses it listens at."""
        own = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
        host = own.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @cached_property
    def plain_demo(self) -> bool:
        """The embedded demo, over plain http on the own machine: never so with ``serve``."""
        own = self.host_name in ("localhost", "127.0.0.1", "::1")
        return self.demo and own and self.base_url.startswith("http://")

    @cached_property
    def key_path(self) -> Path:
        return self.key_file or self.data_dir / "key" / "daybook.key"

    @cached_property
    def sqlite_path(self) -> Path:
        if self.database_url.startswith("sqlite:///"):
            return Path(self.database_url.removeprefix("sqlite:///"))
        return self.data_dir / "daybook.db"

    @cached_property
    def uses_sqlite(self) -> bool:
        return not self.database_url.startswith("postgresql")

    @cached_property
    def export_dir(self) -> Path:
        return self.data_dir / "exports"

    @cached_property
    def mail_dir(self) -> Path:
        return self.data_dir / "mail"

"""Whether the servers that the environment names can be used, said in one sentence when not."""

from collections.abc import Mapping

from portal.embedded.errors import CannotStart

OLDEST_POSTGRES = 15
PATIENCE = 5  # seconds


def check_database(url: str) -> None:
    """Refuse a DATABASE_URL that cannot be read, reached or used."""
    import psycopg  # noqa: PLC0415  (imported late, for the settings import this package)
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    if not url.startswith(("postgresql://", "postgres://")):
        raise CannotStart("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    try:
        named = conninfo_to_dict(url)
    except psycopg.Error as fault:
        raise CannotStart("DATABASE_URL cannot be read: it must look like postgresql://user:password@host:5432/name.") from fault
    where = f"{named.get('host') or 'this machine'}:{named.get('port') or 5432}"
    try:
        with psycopg.connect(url, connect_timeout=PATIENCE) as connection:
            version = connection.info.server_version // 10000
    except psycopg.Error as fault:
        raise CannotStart(f"DATABASE_URL: {explain(str(fault), where, named)}") from fault
    if version < OLDEST_POSTGRES:
        raise CannotStart(f"DATABASE_URL: the server at {where} is PostgreSQL {version}, older than the supported {OLDEST_POSTGRES}.")


def explain(fault: str, where: str, named: Mapping[str, object]) -> str:
    """The driver's message in our words; PostgreSQL gives no codes for a connection that it refuses."""
    user, database = named.get("user") or "that is signed in here", named.get("dbname")
    if "does not exist" in fault and "database" in fault.rpartition("FATAL:")[2]:
        return f"the server at {where} has no database {database}; create it first."
    if "password" in fault:
        return f"the server at {where} refused the password of the user {user}."
    if "FATAL:" in fault:
        return f"the server at {where} refused the connection: {fault.rpartition('FATAL:')[2].strip()}."
    return f"no PostgreSQL server can be reached at {where}."


def check_redis(url: str) -> None:
    """Refuse a REDIS_URL that cannot be read, reached or used."""
    import redis  # noqa: PLC0415  (imported late, for the settings import this package)

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as connection:
            connection.ping()
    except ValueError as fault:
        raise CannotStart("REDIS_URL cannot be read: it must look like redis://:password@host:6379.") from fault
    except redis.AuthenticationError as fault:
        raise CannotStart("REDIS_URL: the server refused the password.") from fault
    except (redis.RedisError, OSError) as fault:
        raise CannotStart("REDIS_URL: no Redis or Valkey server answers at this address.") from fault

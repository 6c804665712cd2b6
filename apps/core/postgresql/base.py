"""The part of Django's database backend that differs: which pool is made."""

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base

from apps.core.impatience import ImpatientPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own names its pool's class in its code. All else, options and closing too, stays Django's."""

    @property
    def pool(self) -> ImpatientPool | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        pools = self._connection_pools  # type: ignore[attr-defined]  # the stubs do not know of pools
        if self.alias not in pools:
            made = ImpatientPool(
                kwargs={**self.get_connection_params(), "autocommit": True},
                open=False,  # Django opens it with its first connection
                configure=self._configure_connection,  # type: ignore[attr-defined]  # as above
                check=ImpatientPool.check_connection,
                **options,
            )
            pools.setdefault(self.alias, made)  # of two threads at the start one wins
        return pools[self.alias]  # type: ignore[no-any-return]  # as above

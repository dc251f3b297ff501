"""The store: the one place where articles, feeds and publications are true.

Plain functions that take an open transaction and return model records; no ORM object and no lazy load leaves this
package.
"""

from feedsvc.store.engine import Store, open_store
from feedsvc.store.retrying import retried

__all__ = ["Store", "open_store", "retried"]

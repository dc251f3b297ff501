"""What an operator decides: `load` reads config.toml and the environment into one frozen Config.

Never keeps a configuration: only doors load one, and hand on the parts that are needed.
"""

from feedsvc.config.loading import load
from feedsvc.config.records import Config, LogConfig, MediaConfig, PublishConfig, StoreConfig, WebConfig

__all__ = ["Config", "LogConfig", "MediaConfig", "PublishConfig", "StoreConfig", "WebConfig", "load"]

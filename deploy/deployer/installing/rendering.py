"""Configuration files from their templates beside this package. ``@NAME@`` is replaced, and nothing else."""

import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation

TEMPLATES = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"@([A-Z][A-Z_]+)@")
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
GIB = 1024**3


def values(site: Installation, variables: dict[str, str], *, group: str, postgres_bin: Path | None) -> dict[str, str]:
    """Return what stands for each name."""
    cache, broker = urlsplit(variables["REDIS_URL"]), urlsplit(variables["CELERY_BROKER_URL"])
    own = site.supervisor == "own"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "NAME": site.name,
        "VAR": site.name.replace("-", "_"),
        "HOST": site.host,
        "BASE": str(site.base),
        "ETC": str(site.etc),
        "STATE": str(site.state),
        "LOG": str(site.log),
        "RUN": str(site.run),
        "USER": site.user,
        "GROUP": group,
        "WEB_GROUP": site.web_group,
        "WEB_WORKERS": str(site.web_workers),
        "WORKER_PROCESSES": str(site.worker_processes),
        "REQUESTS_PER_SECOND": str(site.requests_per_second),
        "BURST": str(site.requests_per_second * 4),
        "CONNECTIONS": str(site.connections_per_address),
        "HTTP_PORT": str(site.http_port),
        "HTTPS_PORT": str(site.https_port),
        "HTTPS_SUFFIX": "" if site.https_port == 443 else f":{site.https_port}",
        "CACHE_PORT": str(cache.port),
        "CACHE_PASSWORD": cache.password or "",
        "BROKER_PORT": str(broker.port),
        "BROKER_PASSWORD": broker.password or "",
        "DB_PORT": variables["DB_PORT"],
        "SHARED_BUFFERS": "64MB" if own else f"{max(128, memory // 4 // 1024**2)}MB",
        "EFFECTIVE_CACHE": f"{max(256, memory // 2 // 1024**2)}MB",
        "BROTLI": "brotli_static on;"
        if BROTLI.exists()
        else "# brotli_static: libnginx-mod-http-brotli-static is missing",
        # Debian rotates what lies in /var/log/nginx, and tells nginx.
        "NGINX_LOG": f"{site.log}/nginx-" if own else f"/var/log/nginx/{site.name}-",
        "NGINX_MODULES": f"load_module {BROTLI};" if BROTLI.exists() else "",
        "NGINX": shutil.which("nginx") or "/usr/sbin/nginx",
        "REDIS_SERVER": shutil.which("redis-server") or "/usr/bin/redis-server",
        "REDIS_USER": site.user,
        "POSTGRES_BIN": str(postgres_bin or ""),
        "POSTGRES_USER": "postgres" if os.geteuid() == 0 else site.user,
    }


def render(template: str, told: dict[str, str]) -> str:
    """Return the template of this path with its places filled. A place that nobody fills is an error."""

    def fill(match: re.Match[str]) -> str:
        if match[1] not in told:
            raise DeployError(f"deploy/{template} asks for @{match[1]}@, which nothing fills.")
        return told[match[1]]

    return PLACE.sub(fill, (TEMPLATES / template).read_text())


def write(path: Path, text: str, *, mode: int = 0o644) -> bool:
    """Write a file unless it holds that already. Return whether it changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_text() == text:
        path.chmod(mode)
        return False
    draft = path.with_name(f"{path.name}.part")
    draft.touch(mode=mode)
    draft.chmod(mode)
    draft.write_text(text)
    draft.replace(path)
    return True

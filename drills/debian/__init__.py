"""A bare Debian with systemd as its first process: installed, released to, broken, started again."""

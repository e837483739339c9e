"""What the laptop's HTTP servers share: serving on 127.0.0.1, cutting connections, long polls, strict JSON."""

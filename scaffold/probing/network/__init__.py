"""Package indexes, certificates, proxies, hubs."""

"""What runs on a laptop: the local cloud, the Apple gateway, the demo business, the command line."""

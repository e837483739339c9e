"""The local cloud: MiniStack with the very template, the Apple gateway and the demo business."""

"""How gunicorn serves the console: gunicorn console.wsgi -c python:console.serving

What is said after it on the command line wins.

A process takes no more connections than it has threads, and closes each after its answer. Otherwise one process takes
40 of 64 browsers because it was quicker to ask, and eight of them wait for a thread while the other process has eight
to spare. The proxy in front keeps its connections to the browsers; those to gunicorn are a machine's own.
"""

worker_class = "gthread"
workers = 2
threads = 32
worker_connections = threads
keepalive = 0
control_socket_disable = True
# By itself gunicorn believes what a peer on this machine says of scheme and path (X-Forwarded-Ssl, SCRIPT_NAME, …),
# which a proxy may have passed on from a browser. Who is believed, and in what, console.proxies alone decides.
forwarded_allow_ips = ""

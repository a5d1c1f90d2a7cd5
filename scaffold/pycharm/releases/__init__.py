"""PyCharm from JetBrains' release service: which there is, downloaded, unpacked, put in its place."""

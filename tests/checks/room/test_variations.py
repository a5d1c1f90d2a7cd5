"""Causes of room and network as people tell them: other systems, other wordings, facts or symptom alone."""

from __future__ import annotations

import pytest

from tests.failures import answer

WINDOWS, LINUX, MAC = {"family": "windows"}, {"family": "linux"}, {"family": "macos"}
TF, TORCH = {"tensorflow": {"version": "2.10"}}, {"torch": {"version": "2.4.0"}}

#: What is told -> the finding, its level, and a word of its advice.
ROWS = [
    # shared memory
    ({"os": {**LINUX, "container": True}, "dev_shm": "64M"}, "", "sys.shm", "warning", "--shm-size"),
    ({"os": LINUX, "dev_shm": {"size_gb": 0.06}}, "", "sys.shm", "warning", "num_workers=0"),
    ({"os": LINUX, "disk": {"/dev/shm": "64M"}}, "", "sys.shm", "warning", "shm"),
    ({"os": LINUX, "dev_shm": {"size_mb": 65536, "free_mb": 3}}, "", "sys.shm", "warning", "torch_"),
    ({}, ("RuntimeError: unable to write to file </torch_1_2_3>: unable to allocate shared memory(shm) for file "
     "</torch_18_3>: No space left on device (28)"), "sys.shm", "warning", "--shm-size"),
    ({}, ("ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory "
     "(shm)."), "sys.shm", "warning", "--ipc=host"),
    ({}, "include/shm.h:48 NCCL WARN Error while creating shared memory segment nccl-shm-recv-1 (size 9637888)",
     "sys.shm", "warning", "--shm-size"),
    # open files
    ({"limits": {"nofile_soft": 1024}}, "OSError: [Errno 24] Too many open files: '/data/1.png'", "sys.nofile",
     "warning", "ulimit"),
    ({"os": MAC, "limits": {"ulimit -n": 256}}, "OSError: [Errno 24] Too many open files", "sys.nofile",
     "warning", "file_system"),
    ({"limits": {"nofile": 1048576}}, "RuntimeError: received 0 items of ancdata", "sys.nofile", "info",
     "file_system"),
    ({}, "RuntimeError: received 0 items of ancdata", "sys.nofile", "warning", "file_system"),
    # page file
    ({"os": WINDOWS}, ("RuntimeError: Couldn't open shared file mapping: <torch_13684_4004974554>, error code: "
     "<1455>"), "sys.pagefile", "warning", "num_workers"),
    ({"os": WINDOWS}, ('OSError: [WinError 1455] Die Auslagerungsdatei ist zu klein. Error loading "C:\\x\\caffe2_'
     'detectron_ops_gpu.dll" or one of its dependencies.'), "sys.pagefile", "warning", "page file"),
    ({"os": WINDOWS, "loader": {"num_workers": 8}, "memory": {"commit_free_gb": 4}}, "", "sys.pagefile",
     "warning", "num_workers"),
    # disks
    ({"os": LINUX, "disk": {"/tmp": "tmpfs 2G", "/": "200 GB free"}},
     "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "sys.disk",
     "error", "TMPDIR"),
    ({"os": LINUX, "disk": {"/tmp_free_gb": 0.9, "/home_free_gb": 300}},
     "OSError: [Errno 28] No space left on device", "sys.disk", "error", "TMPDIR"),
    ({"os": LINUX, "disk": {"/": "full", "/data_free_gb": 900}}, "", "sys.disk", "error", "remove"),
    ({"os": LINUX, "env": {"HF_HOME": "/cache"}, "disk": {"hf_cache_free_gb": 0.01}}, "", "sys.disk", "error",
     "HF_HOME"),
    ({"os": LINUX, "disk": {"~/.cache/pip": "quota exceeded"}}, "OSError: [Errno 122] Disk quota exceeded",
     "sys.disk", "error", "PIP_CACHE_DIR"),
    ({"os": WINDOWS}, "OSError: [WinError 112] There is not enough space on the disk", "sys.disk", "error",
     "TMPDIR"),
    ({}, "error: failed to write to file `/root/.cache/uv/x`: No space left on device (os error 28)", "sys.disk",
     "error", "UV_CACHE_DIR"),
    ({"os": LINUX}, "OSError: [Errno 28] inotify watch limit reached", "sys.inotify", "warning", "max_user_watches"),
    # paths
    ({"os": WINDOWS, "registry": {"LongPathsEnabled": 0}, "packages": TF,
      "venv": {"path": "C:\\Users\\somebody\\Documents\\university\\semester 5\\deep learning\\project\\venv\\x"}},
     "", "sys.long-path", "error", "LongPathsEnabled"),
    ({"os": WINDOWS}, ("HINT: This error might have occurred since this system does not have Windows Long Path support "
     "enabled."), "sys.long-path", "error", "shorter path"),
    ({"os": WINDOWS, "registry": {"LongPathsEnabled": 1}}, ("HINT: This error might have occurred since this system "
     "does not have Windows Long Path support enabled."), "sys.long-path", "error", "restart Windows"),
    ({"os": WINDOWS, "registry": {"LongPathsEnabled": 1}}, (
     "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: 'C:\\\\Users\\\\25043"
     "\\\\AppData\\\\Local\\\\Temp\\\\pip-install-6l0da6v6\\\\xformers_b48e11c08bdb467e8e62d9d1e34aa1d2\\\\third_party/"
     "flash-attention/csrc/composable_kernel/client_example/24_grouped_conv_activation/grouped_convnd_bwd_data_"
     "bilinear/grouped_conv_bwd_data_bilinear_residual_fp16.cpp'"), "sys.long-path", "error", "set TEMP="),
    ({"os": WINDOWS}, "ninja: error: Stat(C:/Users/x/flash_api.obj): Filename longer than 260 characters",
     "sys.long-path", "error", "--only-binary"),
    ({"os": WINDOWS}, "error: unable to create file library/src/a.cpp: Filename too long", "sys.long-path", "error",
     "git config --global core.longpaths true"),
    ({"os": LINUX, "container": True, "dev_shm": {"size_mb": 64}}, "OSError: [Errno 28] No space left on device",
     "sys.shm", "warning", "--shm-size"),
    ({"os": LINUX, "container": True, "dev_shm": {"size_mb": 64}},
     "OSError: [Errno 28] No space left on device: '/root/.cache/x'", "sys.disk", "error", "HF_HOME"),
    ({"os": LINUX, "disk": {"/home_free_gb": 50}}, "OSError: [Errno 122] Disk quota exceeded", "sys.disk", "error",
     "quota -s"),
    ({"os": WINDOWS}, "FileNotFoundError: [WinError 206] 文件名或扩展名太长", "sys.long-path", "error", "shorter path"),
    ({"os": WINDOWS, "packages": TF, "project": {"path": "D:\\毕业设计\\net"}}, "", "sys.path-charset", "warning",
     "ASCII"),
    ({"os": WINDOWS, "packages": TF, "home": "C:\\Users\\Jörg"}, "", "sys.path-charset", "warning", "ASCII"),
    ({"os": WINDOWS, "packages": TF, "user": "non-ASCII user name"}, "", "sys.path-charset", "warning", "ASCII"),
    ({"os": WINDOWS, "packages": TF}, ("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xd5 in position 205: "
     "invalid continuation byte"), "sys.path-charset", "warning", "ASCII"),
    ({"os": WINDOWS, "packages": TORCH, "env": {"TEMP": "C:\\Users\\Жук\\AppData\\Local\\Temp"}}, "",
     "sys.path-charset", "info", "ASCII"),
    ({"os": MAC, "venv": {"path": "/Users/ada/Library/Mobile Documents/com~apple~CloudDocs/net/.venv"}}, "",
     "sys.cloud-folder", "warning", "UV_LINK_MODE"),
    ({"os": LINUX, "project": {"path": "/home/ada/Dropbox/net"}}, "", "sys.cloud-folder", "warning", "Dropbox"),
    ({"os": WINDOWS, "project": {"path": "C:\\Users\\a\\OneDrive - Uni\\net"}},
     "ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied", "sys.cloud-folder",
     "warning", "OneDrive"),
    ({"os": WINDOWS}, "error: Failed to create Python minor version link directory\n  Caused by: x (os error 448)",
     "sys.cloud-folder", "warning", "UV_LINK_MODE"),
    ({"os": LINUX, "filesystem": {"venv": "fuse.vmhgfs-fuse"}}, "", "sys.filesystem", "error", "another location"),
    ({"os": LINUX, "filesystem": "exfat"}, "", "sys.filesystem", "error", "local disk"),
    ({"os": LINUX}, "OSError: [Errno 71] Protocol error: 'python3.6m' -> '/vagrant/.venv/bin/python3.6m'",
     "sys.filesystem", "error", "UV_PROJECT_ENVIRONMENT"),
    ({"os": LINUX}, "Error: [Errno 95] Operation not supported: 'lib' -> '/content/drive/MyDrive/venv/lib64'",
     "sys.filesystem", "error", "another location"),
    ({"os": LINUX}, "Unable to symlink '/usr/bin/python3' to '/home/v/env/bin/python3'", "sys.filesystem", "error",
     "local disk"),
    # processes, memory, locks
    ({}, "OpenBLAS blas_thread_init: pthread_create failed for thread 2 of 64: Resource temporarily unavailable",
     "sys.processes", "error", "OMP_NUM_THREADS"),
    ({"limits": {"pids_max": 100}}, "", "sys.processes", "warning", "--pids-limit"),
    ({}, "slurmstepd: error: Detected 1 oom-kill event(s) in StepId=1.0", "sys.memory", "error", "--mem"),
    ({}, "Process finished with exit code 137 (interrupted by signal 9: SIGKILL)", "sys.memory", "error", "num_workers"),
    ({}, "OSError: [Errno 116] Stale file handle", "sys.file-locks", "error", "HF_HOME"),
    ({}, "ImportError: /tmp/x.so: failed to map segment from shared object: Operation not permitted", "sys.noexec",
     "error", "TMPDIR"),
    ({}, "OSError: AF_UNIX path too long", "sys.socket-path", "error", "TMPDIR"),
    ({"os": WINDOWS}, ("UnicodeDecodeError: 'gbk' codec can't decode byte 0x80 in position 1: illegal multibyte "
     "sequence"), "sys.encoding", "warning", "PYTHONUTF8"),
    # certificates, proxies
    ({"network": {"tls_inspection": True}}, "", "net.tls", "error", "REQUESTS_CA_BUNDLE"),
    ({"network": "corporate proxy with its own CA (inspection)"}, "", "net.tls", "error", "CA"),
    ({"env": {"REQUESTS_CA_BUNDLE": "/old/cacert.pem (missing)"}}, "", "net.tls", "error", "unset"),
    ({"os": MAC}, ("urllib.error.URLError: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
     "unable to get local issuer certificate (_ssl.c:1129)>"), "net.tls", "error", "CA"),
    ({}, "OSError: Could not find a suitable TLS CA certificate bundle, invalid path: C:\\x\\cacert.pem", "net.tls",
     "error", "REQUESTS_CA_BUNDLE"),
    ({}, "ssl.SSLCertVerificationError: certificate verify failed: certificate is not yet valid (_ssl.c:1129)",
     "net.clock", "error", "clock"),
    ({"network": {"proxy": "system proxy is a PAC script"}, "env": {"HTTPS_PROXY": None}}, "", "net.proxy", "warning",
     "HTTPS_PROXY"),
    ({"network": {"proxy": "corporate proxy 10.0.0.1:8080 in the Windows settings"}, "env": {"HTTPS_PROXY": None}}, "",
     "net.proxy", "warning", "HTTPS_PROXY"),
    ({"os": WINDOWS, "network": {"proxy": "system proxy 127.0.0.1:7890"}},
     "开启系统代理后pip报错ValueError: check_hostname requires server_hostname", "net.proxy", "error",
     "HTTPS_PROXY=http://127.0.0.1:7890"),
    ({"os": WINDOWS, "network": {"proxy": "system proxy 127.0.0.1:7890"}, "env": {"HTTPS_PROXY": None}}, "",
     "net.proxy", "warning", "pip and requests take it"),
    ({"env": {"ALL_PROXY": "socks://127.0.0.1:1080"}}, "", "net.proxy", "warning", "socks5h"),
    ({"env": {"HTTPS_PROXY": "https://127.0.0.1:7890"}}, "", "net.proxy", "warning", "http://127.0.0.1:7890"),
    ({}, "ValueError: check_hostname requires server_hostname", "net.proxy", "error", "http"),
    ({}, "ProxyError('Cannot connect to proxy.', NewConnectionError('...: [WinError 10061]", "net.proxy", "error",
     "unset"),
    ({}, "wsl: 检测到 localhost 代理配置", "net.proxy", "warning",
     "mirrored"),
    # hub
    ({"network": {"region": "CN"}}, ("我已经设置了 HF_ENDPOINT=https://hf-mirror.com\nConnectTimeoutError: 'Connection to "
     "huggingface.co timed out.'"), "net.hf-endpoint", "info", "does not see it"),
    ({"env": {"HF_ENDPOINT": "https://hf-mirror.com"}}, "'Connection to huggingface.co timed out.'",
     "net.hf-endpoint", "info", "does not see it"),
    ({}, "OSError: We couldn't connect to 'https://hf-mirror.com' to load this file", "net.hf-endpoint", "info",
     "The mirror of the hub"),
    ({"network": {"region": "CN"}}, "Connection to huggingface.co timed out.", "net.hf-endpoint", "info",
     "nothing says that HF_ENDPOINT is set"),
    ({}, ("(Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f8>: Failed to establish a "
     "new connection: [Errno 101] Network is unreachable'))\nLocalEntryNotFoundError: An error happened while trying "
     "to locate the file on the Hub and we cannot find the requested files in the local cache."),
     "net.hf-endpoint", "info", "HF_ENDPOINT"),
    ({}, "OSError: [Errno 101] Network is unreachable", "net.unreachable", "error", "No way leads to that host"),
    ({"env": {"HF_ENDPOINT": "set in code after import of transformers"}, "network": {"region": "CN"}}, "",
     "net.hf-endpoint", "info", "HF_ENDPOINT"),
    ({"env": {"HF_ENDPOINT": "hf-mirror.com"}}, "", "net.hf-endpoint", "warning", "https://hf-mirror.com"),
    ({}, ("requests.exceptions.ConnectTimeout: (MaxRetryError(\"HTTPSConnectionPool(host='huggingface.co', port=443): Max "
     "retries exceeded with url: /bert"), "net.hf-endpoint", "info", "HF_ENDPOINT"),
    ({}, "OSError: We couldn't connect to 'https://huggingface.co' to load this file", "net.hf-endpoint", "info",
     "HF_ENDPOINT"),
    ({}, "huggingface_hub.errors.OfflineModeIsEnabled: Cannot reach x: offline mode is enabled.", "net.hf-offline",
     "error", "HF_HUB_OFFLINE"),
    ({}, "huggingface_hub.errors.GatedRepoError: 401 Client Error.", "net.hf-access", "error", "login"),
    ({}, 'RuntimeError: invalid hash value (expected "5c106cde", got "1f3a")', "net.download-broken", "error",
     "again"),
    ({}, ("RuntimeError: The server socket has failed to listen on any local network address. port: 29500, useIpv6: 0, "
     "code: -98, name: EADDRINUSE, message: address already in use"), "net.port-in-use", "error", "--master-port"),
    ({}, "socket.gaierror: [Errno -3] Temporary failure in name resolution", "net.unreachable", "error", "HTTPS_PROXY"),
]  # fmt: skip


@pytest.mark.parametrize(("machine", "symptom", "check", "level", "advice"), ROWS)
def test_the_cause_is_named(machine, symptom, check, level, advice) -> None:
    findings = [one for one in answer({"machine": machine, "symptom": symptom}) if one.suppressed_by is None]
    shown = {one.id: one for one in findings if one.level in ("error", "warning", "info")}
    assert check in shown, shown
    found = shown[check]
    assert found.level == level
    assert found.remedy is not None
    words = (found.title, found.detail, found.remedy.text, *map(" ".join, found.remedy.commands))
    assert advice in "\n".join(words)
    assert {one.id for one in shown.values() if one.level == "error"} <= {check}


#: What is in order, or told so loosely that nothing follows from it.
QUIET = [
    {"os": WINDOWS, "registry": {"LongPathsEnabled": 1}, "packages": TF, "venv": {"path": "C:\\" + "x" * 200}},
    {"os": LINUX, "project": {"path": "/home/ada/项目/net"}, "packages": TF},
    {"os": LINUX, "dev_shm": {"size_mb": 16384, "free_mb": 16000}, "packages": TORCH},
    {"os": LINUX, "limits": {"nofile_soft": 65536, "nproc": "unlimited"}},
    {"os": LINUX, "disk": {"/tmp": "tmpfs 32G", "/home_free_gb": 50, "/data": "ext4"}},
    {"os": LINUX, "filesystem": {"project": "ext4"}},
    {"os": WINDOWS, "network": {"proxy": "none"}, "env": {"HTTPS_PROXY": None}},
    {"os": WINDOWS, "network": {"proxy": "system proxy 127.0.0.1:7890"}},  # pip and requests take it
    {"env": {"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "localhost"}},
    {"env": {"HF_ENDPOINT": "https://hf-mirror.com"}, "network": {"region": "CN"}},
    {"env": {"SSL_CERT_FILE": "/etc/ssl/cert.pem"}},
    {"disk": 5, "limits": "x", "network": ["a"], "dev_shm": [], "venv": 3, "registry": None, "memory": "?"},
]  # fmt: skip


@pytest.mark.parametrize("machine", QUIET)
def test_nothing_is_said_of_what_is_in_order_or_unknown(machine) -> None:
    said = [
        one
        for one in answer({"machine": machine})
        if one.id.startswith(("sys.", "net.")) and one.level not in ("ok", "skipped", "unknown")
    ]
    assert said == []

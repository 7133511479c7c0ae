collect_ignore_glob = ['*']  # projects, some with tests of their own: material, not ours

exec tables --version

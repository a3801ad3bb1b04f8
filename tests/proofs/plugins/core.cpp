extern "C" int core() { return 42; }

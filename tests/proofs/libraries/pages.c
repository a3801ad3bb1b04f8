#include <sqlite3.h>

int pages_open(const char *path) {
    sqlite3 *database;
    int failed = sqlite3_open(path, &database);
    sqlite3_close(database);
    return failed;
}

/* A database for one test program: PostgreSQL where test/postgres.sh runs it, else SQLite in a temporary folder. */
#pragma once

#include "db/db.h"
#include "test.h"

#include <dirent.h>
#include <unistd.h>

static char test_folder[] = "/tmp/lachan-test-XXXXXX";

static bool test_on_postgres(void)
{
    return getenv("LACHAN_TEST_POSTGRES") != NULL;
}

/* Removes the folder and the files in it. */
static void test_folder_remove(void)
{
    DIR *dir = opendir(test_folder);
    char path[512];

    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL; ) {
        snprintf(path, sizeof path, "%s/%s", test_folder, e->d_name);
        if (e->d_name[0] != '.')
            unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(test_folder);
}

/* A folder that is gone when the program ends. */
static const char *test_temporary(void)
{
    static bool made;

    if (!made && mkdtemp(test_folder) == NULL)
        abort();
    if (!made)
        atexit(test_folder_remove);
    made = true;
    return test_folder;
}

/* Address of the program's one database. Several calls give the same. */
static const char *test_address(void)
{
    static char path[64];

    if (test_on_postgres())
        return getenv("LACHAN_TEST_POSTGRES");
    snprintf(path, sizeof path, "%s/test.db", test_temporary());
    return path;
}

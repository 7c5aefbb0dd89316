#include <site.h>
#include <test.h>
TEST(x){CHECK(true);}
TEST_MAIN

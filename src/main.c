#include <stdio.h>

int main(void)
{
    puts("lachan 0.1.0");
    return 0;
}

#include <stdio.h>
#include <string.h>

#include "crc32.h"
#include "hex.h"

static int failures;

static void check(const char *rule, const char *found, const char *expected)
{
    int same = strcmp(found, expected) == 0;

    printf("%s %s\n", same ? "ok  " : "FAIL", rule);
    if (!same) {
        fprintf(stderr, "%s: found %s, expected %s\n", rule, found, expected);
        failures++;
    }
}

int main(void)
{
    char found[9];
    uint32_t crc;

    hex32(crc32_update(0, "123456789", 9), found);
    check("the check value of CRC-32 is cbf43926", found, "cbf43926");

    hex32(crc32_update(0, "", 0), found);
    check("nothing has the checksum 0", found, "00000000");

    crc = crc32_update(0, "12345", 5);
    hex32(crc32_update(crc, "6789", 4), found);
    check("two parts give the checksum of the whole", found, "cbf43926");

    hex32(0xdeadbeef, found);
    check("hex digits are lower case and in order", found, "deadbeef");

    printf("%s\n", failures == 0 ? "all tests passed" : "some tests failed");
    return failures != 0;
}

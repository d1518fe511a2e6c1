#!/bin/sh
# Writes the 256 entries of the CRC-32 table (polynomial 0xEDB88320, reflected) as a C header.
# Plain POSIX shell: what the receipt attests is that this text made that header.
set -eu

printf '/* Made by scripts/crc32-table.sh. */\n'
printf '#include <stdint.h>\n\n'
printf 'static const uint32_t CRC32_TABLE[256] = {\n'
byte=0
while [ "$byte" -lt 256 ]; do
    value=$byte
    bit=0
    while [ "$bit" -lt 8 ]; do
        if [ $((value & 1)) -eq 1 ]; then
            value=$(((value >> 1) ^ 0xEDB88320))
        else
            value=$((value >> 1))
        fi
        bit=$((bit + 1))
    done
    printf '    0x%08xu,\n' "$value"
    byte=$((byte + 1))
done
printf '};\n'

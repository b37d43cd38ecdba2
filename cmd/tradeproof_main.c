#include "cmd/command.h"
#include "cmd/standard_streams.h"

int main(int argc, char **argv)
{
    standard_streams_hold();
    return command_main(argc, argv);
}

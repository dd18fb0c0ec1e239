using System.CommandLine;
using Coinsphere.Messaging.Standalone.Commands;

// Arguments such as --Prices:Folder=prices are settings of the host, whatever else the command line says. A completion is asked about a text.
var given = args is [['[', ..], ..] ? new SettingArguments([], args) : SettingArguments.Of(args);
var parsed = RunCommand.Create(given).Parse(given.Others);
if (Usage.Faults(parsed, given.Others) is { Count: > 0 } faults && !RunCommand.AsksForHelp(parsed))
{
    foreach (var fault in faults)
    {
        await Console.Error.WriteLineAsync(fault);
    }

    return Usage.Wrong;
}

// The host handles signals itself, and has its own time to stop.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });

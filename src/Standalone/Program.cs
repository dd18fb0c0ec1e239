using System.CommandLine;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Standalone;
using Coinsphere.Messaging.Standalone.Commands;

var root = new RootCommand("Crypto price predictions and risk scores. Without a command: serves gateway and worker in one process on port 8000.")
{
    FetchCommand.Create(),
    ImportCommand.Create(),
    SampleCommand.Create(),
    InspectCommand.Create(),
    TrainCommand.Create(),
    RollbackCommand.Create(),
    ReplayCommand.Create(),
    ParkedCommand.Create(),
};
// Arguments that are not a command are the host's configuration, as in --Prices:Folder=prices.
root.TreatUnmatchedTokensAsErrors = false;
root.SetAction(async parsed =>
{
    if (parsed.UnmatchedTokens.FirstOrDefault(token => !token.StartsWith("--", StringComparison.Ordinal)) is { } unknown)
    {
        await parsed.InvocationConfiguration.Error
            .WriteLineAsync(
            $"'{unknown}' is not a command: expected {string.Join(", ", root.Subcommands.Select(command => command.Name))} or nothing, to serve");
        return 1;
    }

    return await HostRunner.RunAsync(() => Server.Build([.. parsed.UnmatchedTokens]));
});

// The host handles signals itself, and has its own time to stop.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });

namespace Coinsphere.Messaging.Standalone.Tests.Commands;

/// <summary>The program with a command, as its user runs it from the root of the project.</summary>
internal static class CommandProcess
{
    // What would answer for the settings under test.
    private static readonly (string, string?)[] Unset =
    [
        ("ASPNETCORE_URLS", null), ("ENVIRONMENT", null), ("DATABASE_URL", null), ("REDIS_HOST", null), ("RABBITMQ_URL", null),
        ("MODEL_CHECKPOINT_DIR", null), ("PORT", null), ("ML_SERVICE_URL", null),
    ];

    public static Task<CommandResult> RunAsync(params string[] arguments) => RunAsync([], arguments);

    public static Task<CommandResult> RunAsync((string Name, string? Value)[] environment, params string[] arguments) =>
        CommandLine.RunOwnAsync("Standalone", arguments, Repository.Root, [.. Unset, .. environment]);
}

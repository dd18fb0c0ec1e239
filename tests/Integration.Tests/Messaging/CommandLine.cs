using System.Diagnostics;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>Runs a program to its end.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<CommandResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? input = null,
        string? folder = null,
        string? brokerUrl = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        if (brokerUrl is not null)
        {
            start.Environment["RABBITMQ_URL"] = brokerUrl;
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} ran for more than {Limit}");
        }

        return new CommandResult(process.ExitCode, await output, await errors);
    }
}

/// <summary>What a program did.</summary>
internal sealed record CommandResult(int Code, string Output, string Errors);
